import type { JobDetail, JobHost } from '@linux-patch/shared/job'
import { SocketMessage } from '@linux-patch/shared/live'
import { until } from '../../test/stories/until.ts'
import type { Joined } from './joining.ts'
import type { Manager } from './manager.ts'
import type { Say, Together } from './progress.ts'

/** How a job ended: as a whole, and on each of the two hosts. */
export type Ended = {
  id: string
  status: JobDetail['status']
  parts: Record<keyof Joined, JobHost>
}
type Running = {
  joined: Joined
  /** What each host is said to do. */
  title: string
  start: () => Promise<{ id: string }>
}

/** Starts a job on both hosts, shows what it tells, and waits until it has ended. */
export async function runJob(
  together: Together,
  { api }: Manager,
  { joined, title, start }: Running,
): Promise<Ended> {
  const listeners = new Map<string, Say>()
  const socket = await api.openSocket()
  socket.on('message', (data: Buffer) => {
    const { type, payload } = SocketMessage.parse(JSON.parse(data.toString()))
    if (type === 'job_host_status')
      listeners.get(payload.host_id)?.(`${payload.progress_percent}% ${payload.message}`)
  })
  // Without the socket the demo shows less, and proves the same: the job's end is asked for.
  socket.on('error', () => socket.terminate())
  using _closing = { [Symbol.dispose]: () => socket.terminate() }
  const { id } = await start()

  const follow = (name: keyof Joined) => ({
    title: `${name}: ${title}`,
    work(say: Say): Promise<JobHost> {
      const host_id = joined[name].id
      listeners.set(host_id, once(say))
      return until('the job ends', async () => partOf(await api.getJob({ id }), host_id), 300)
    },
  })
  const parts = await together({ web: follow('web'), db: follow('db') })
  const { status } = await until('the job ends', async () => endedOf(await api.getJob({ id })))
  return { id, status, parts }
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
