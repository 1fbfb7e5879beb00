import type { JobDetail, JobHost } from '@linux-patch/shared/job'
import { SocketMessage } from '@linux-patch/shared/live'
import { until } from '../../test/stories/until.ts'
import type { Manager } from './manager.ts'
import type { Say } from './progress.ts'

export type Running = Awaited<ReturnType<typeof startJob>>

/** Starts one job that applies all that is pending on these hosts, and listens to what it tells. */
export async function startJob({ api }: Manager, host_ids: string[]) {
  const listeners = new Map<string, Say>()
  const socket = await api.openSocket()
  socket.on('message', (data: Buffer) => {
    const { type, payload } = SocketMessage.parse(JSON.parse(data.toString()))
    if (type === 'job_host_status')
      listeners.get(payload.host_id)?.(`${payload.progress_percent}% ${payload.message}`)
  })
  // Without the socket the demo shows less, and proves the same: the job's end is asked for.
  socket.on('error', () => socket.terminate())
  const { id } = await api.createJob({ kind: 'patch_apply', host_ids, notes: 'The demo' })

  return {
    id,
    /** Waits until one host's part has ended. */
    follow(host_id: string, say: Say): Promise<JobHost> {
      listeners.set(host_id, once(say))
      return until('the job ends', async () => partOf(await api.getJob({ id }), host_id), 300)
    },
    ended: () => until('the job ends', async () => endedOf(await api.getJob({ id }))),
    [Symbol.dispose]: () => socket.terminate(),
  }
}

const partOf = ({ hosts }: JobDetail, id: string) =>
  hosts.find(({ host_id, completed_at }) => host_id === id && completed_at !== null)

const endedOf = (job: JobDetail) => job.completed_at !== null && job

/** A line is shown when it is another one than before. */
function once(say: Say): Say {
  let before = ''
  return (line) => {
    if (line !== before) say(line)
    before = line
  }
}
