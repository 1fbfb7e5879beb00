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
  /** How long a silent host is waited for. */
  give_up_ms: number
  signal: AbortSignal
}

const RECONNECT = 5000
const POLL_BESIDE_SOCKET = 20_000
const POLL_ALONE = 2000

/**
 * Watches a job on its host until it has ended, and answers how. The socket is quick and polling is sure, so both
 * run: polling slows down while the socket lives. Throws what the host says, or host_unreachable in the end.
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
        if (message.type === 'job_complete' && message.payload.job_id === job_id)
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

async function pollUntilEnd(watching: Watching, socketLives: () => boolean): Promise<AgentJob> {
  const { agent, job_id, give_up_ms, signal, onProgress } = watching
  let reached = Date.now()
  for (;;) {
    signal.throwIfAborted()
    try {
      const job = await agent.getJob({ job_id }, { signal })
      reached = Date.now()
      onProgress(job)
      if (isFinal(job.status)) return job
    } catch (error) {
      if (!isPassing(error) || Date.now() - reached > give_up_ms) throw error
    }
    await pause(socketLives() ? POLL_BESIDE_SOCKET : POLL_ALONE, signal)
  }
}

/** What may be better at the next try: the host is away, busy, or starting. */
export const isPassing = (error: unknown): error is Failure =>
  error instanceof Failure &&
  ['host_unreachable', 'RATE_LIMIT_EXCEEDED', 'SERVICE_UNHEALTHY', 'unavailable'].includes(
    error.code,
  )

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
