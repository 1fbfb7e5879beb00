import { setTimeout as wait } from 'node:timers/promises'
import { isFinal, type AgentJob, type LogLine } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { AgentJobProgress, AgentSocketMessage } from '@linux-patch/shared/live'
import type { Agent } from '../agents/connect.ts'
import type { Following } from '../agents/socket.ts'

/** What a watcher hears on the way. `from` is the number of the first line, so that a replay adds nothing twice. */
export type Heard = {
  onProgress: (progress: AgentJobProgress) => void
  onLog: (lines: LogLine[], from: number) => void
}

export type Watching = Heard & {
  agent: Agent
  /** Opens the agent's socket about the job; answers how to close it. */
  follow: (following: Following) => () => void
  job_id: string
  /** Whether the host was not let go meanwhile: it is asked nothing more then. */
  isManaged: () => Promise<boolean>
  /** How long a silent host is waited for. */
  give_up_ms: number
  signal: AbortSignal
  now: () => Date
}

const RECONNECT = 5000
const POLL_BESIDE_SOCKET = 20_000
const POLL_ALONE = 2000
const WAIT_MAX = 60_000

/**
 * Watches a job on its host until it has ended, and answers how. The socket is quick and polling is sure, so both
 * run: polling slows down while the socket lives. Throws what the host says, host_unreachable in the end, or conflict
 * where the host was let go.
 */
export async function watchJob(watching: Watching): Promise<AgentJob> {
  const over = new AbortController()
  const signal = AbortSignal.any([watching.signal, over.signal])
  const ended = Promise.withResolvers<AgentJob>()
  const socket = keepSocket(watching, ended.resolve)
  pollUntilEnd({ ...watching, signal }, socket.lives).then(ended.resolve, ended.reject)
  try {
    return await ended.promise
  } finally {
    over.abort()
    socket.close()
  }
}

/** A socket that comes back whenever it is lost. */
function keepSocket(
  { follow, job_id, onProgress, onLog }: Watching,
  onEnd: (job: AgentJob) => void,
) {
  let lives = false
  let closed = false
  let retry: NodeJS.Timeout | undefined
  let close = () => {}

  function connect() {
    let lines = 0
    close = follow({
      onMessage(message: AgentSocketMessage) {
        lives = true
        if (message.type === 'job_status' && message.payload.job_id === job_id)
          onProgress(message.payload)
        if (message.type === 'job_log' && message.payload.job_id === job_id)
          onLog([message.payload], lines++)
        if (message.type === 'job_complete' && isEndOf(job_id, message.payload))
          onEnd(message.payload)
      },
      onLost() {
        lives = false
        if (!closed) retry = setTimeout(connect, RECONNECT)
      },
    })
  }
  connect()

  return {
    lives: () => lives,
    close() {
      closed = true
      clearTimeout(retry)
      close()
    },
  }
}

const isEndOf = (jobId: string, { job_id, status }: AgentJob) => job_id === jobId && isFinal(status)

async function pollUntilEnd(watching: Watching, socketLives: () => boolean): Promise<AgentJob> {
  const { agent, job_id, isManaged, give_up_ms, signal, onProgress, now } = watching
  let reached = now().getTime()
  for (;;) {
    if (!(await isManaged())) throw new Failure('conflict', 'The host is no longer managed.')
    let asked_ms = 0
    try {
      const job = await agent.getJob({ job_id }, { signal })
      if (job.job_id !== job_id)
        throw new Failure('host_refused', 'The host answered about another job.')
      reached = now().getTime()
      onProgress(job)
      if (isFinal(job.status)) return job
    } catch (error) {
      signal.throwIfAborted()
      if (!isPassing(error) || now().getTime() - reached > give_up_ms) throw error
      asked_ms = askedToWait(error)
    }
    const usual_ms = socketLives() ? POLL_BESIDE_SOCKET : POLL_ALONE
    await wait(Math.max(usual_ms, asked_ms), undefined, { signal })
  }
}

/** What may be better at the next try: the host is away, busy, or starting. */
export const isPassing = (error: unknown): error is Failure =>
  error instanceof Failure &&
  ['host_unreachable', 'RATE_LIMIT_EXCEEDED', 'SERVICE_UNHEALTHY', 'unavailable'].includes(
    error.code,
  )

/** How long a busy host wants to be left alone. It may be hostile: a minute is the most. */
export function askedToWait({ details }: Failure): number {
  const seconds = Number(details.retry_after_seconds)
  return seconds > 0 ? Math.min(seconds * 1000, WAIT_MAX) : 0
}
