import { isFinal, type AgentJob } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { AgentSocketMessage } from '@linux-patch/shared/live'

/** What the socket needs of jobs: one as it is now, and word of everything that happens to any of them. */
export type Jobs = {
  /** Throws JOB_NOT_FOUND. */
  get: (job_id: string) => Promise<AgentJob> | AgentJob
  /** Calls back until the function it returns is called. */
  watch: (listener: (message: AgentSocketMessage) => void) => () => void
}
type Deps = { jobs: Pick<Jobs, 'get'>; send: (message: AgentSocketMessage) => void }

const MOST_SUBSCRIPTIONS = 100

/** The jobs that one socket asked for. */
export function subscriptions({ jobs, send }: Deps) {
  /** What happens to a job while its past is still being told waits in its list, so that nothing overtakes. */
  const asked = new Map<string, AgentSocketMessage[] | null>()
  let all = false

  async function tell(job_id: string, meanwhile: AgentSocketMessage[]) {
    const job = await jobs.get(job_id)
    for (const message of replay(job)) send(message)
    asked.set(job_id, null)
    for (const message of meanwhile) if (!isTold(job, message)) send(message)
  }

  return {
    all: () => void (all = true),
    remove: (job_id: string) => void asked.delete(job_id),

    /** Tells how the job is now, and everything that happens to it from now on. */
    async add(job_id: string) {
      if (asked.size >= MOST_SUBSCRIPTIONS && !asked.has(job_id))
        return send(toError('INVALID_REQUEST', `At most ${MOST_SUBSCRIPTIONS} jobs a socket.`))
      const meanwhile: AgentSocketMessage[] = []
      asked.set(job_id, meanwhile)
      try {
        await tell(job_id, meanwhile)
      } catch (error) {
        asked.delete(job_id)
        send(error instanceof Failure ? toError(error.code, error.message) : mistake)
      }
    },

    /** Takes what happened to a job, and passes it on if it was asked for. */
    hear(message: AgentSocketMessage) {
      const job_id = 'job_id' in message.payload ? message.payload.job_id : undefined
      const meanwhile = job_id === undefined ? undefined : asked.get(job_id)
      if (meanwhile) meanwhile.push(message)
      else if (all || meanwhile === null) send(message)
    },
  }
}

/** Everything there is to know of a job, in the order in which a listener would have heard it. */
function replay(job: AgentJob): AgentSocketMessage[] {
  const { job_id, status, progress_percent, message, updated_at } = job
  return [
    ...job.logs.map((line) => ({ type: 'job_log' as const, payload: { ...line, job_id } })),
    { type: 'job_status', payload: { job_id, status, progress_percent, message, updated_at } },
    ...(isFinal(status) ? [{ type: 'job_complete' as const, payload: job }] : []),
  ]
}

/** Whether the replay already said it, so that no line of the log comes twice and no bar runs backwards. */
function isTold({ updated_at, logs }: AgentJob, message: AgentSocketMessage): boolean {
  if (message.type === 'job_status') return message.payload.updated_at < updated_at
  if (message.type !== 'job_log') return false
  const { timestamp, message: text } = message.payload
  return logs.some((line) => line.timestamp === timestamp && line.message === text)
}

export const toError = (code: string, message: string): AgentSocketMessage => ({
  type: 'error',
  payload: { code, message },
})
const mistake = toError('SERVICE_UNHEALTHY', 'Something failed here; the log has the details.')
