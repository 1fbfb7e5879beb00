import type { LogLine } from '@linux-patch/shared/agent-job'
import type { AgentJobProgress, SocketMessage } from '@linux-patch/shared/live'
import type { Jobs } from '../db/jobs/jobs.ts'
import type { ClaimedPart } from '../db/jobs/parts.ts'
import type { Heard } from './watch.ts'

type Deps = {
  jobs: Jobs
  tell: (message: SocketMessage) => void
  part: ClaimedPart
  owner: string
  now: () => Date
}

const FLUSH = 500

/**
 * Keeps what a host says of its part: pages hear it at once, the database at most twice a second. A line has a
 * number, so what is replayed after a restart or by a new socket is written once.
 */
export function recorder({ jobs, tell, part, owner, now }: Deps): {
  heard: Heard
  flush: () => Promise<void>
} {
  let latest: AgentJobProgress | undefined
  const about = { job_id: part.job_id, host_id: part.host_id }
  const lines = new Map<number, LogLine>()
  let told = 0
  let toldOfJob = ''
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()

  async function write() {
    const progress = latest
    latest = undefined
    const batch = [...lines].toSorted(([a], [b]) => a - b)
    if (batch[0]) {
      const added = batch.map(([, line]) => line)
      await jobs.appendLogs(part.id, added, batch[0][0])
      for (const [number] of batch) lines.delete(number)
    }
    if (!progress) return
    const written = { ...openStatus(progress), now: now().toISOString() }
    if (await jobs.progress(part.id, owner, written)) await tellOfJob()
  }

  /** How the whole job stands is known once it is written. */
  async function tellOfJob() {
    const { status, progress_percent } = await jobs.standing(part.job_id)
    const standing = `${status} ${progress_percent}`
    if (standing === toldOfJob) return
    toldOfJob = standing
    tell({ type: 'job_status', payload: { ...about, status, progress_percent } })
  }

  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write, write)
    return writing
  }
  const flushSoon = () => {
    timer ??= setTimeout(() => void flush().catch(() => flushSoon()), FLUSH)
  }

  return {
    flush,
    heard: {
      onProgress(progress) {
        latest = progress
        const { status, progress_percent, message } = progress
        tell({
          type: 'job_host_status',
          payload: { ...about, status, progress_percent, message },
        })
        flushSoon()
      },
      onLog(batch, from) {
        for (const [index, line] of batch.entries()) {
          if (from + index < told) continue
          told = from + index + 1
          lines.set(from + index, line)
          tell({ type: 'job_log', payload: { ...line, ...about } })
        }
        flushSoon()
      },
    },
  }
}

/** Only pending and running travel this way: how a part ends is recorded once, with its result. */
function openStatus({ status, progress_percent, message }: AgentJobProgress) {
  return { ...(status === 'running' && { status }), progress_percent, message }
}
