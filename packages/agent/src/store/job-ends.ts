import type { AgentJobResult } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { toStored, type JobRow, type StoredJob } from './job-row.ts'
import type { Database } from './open.ts'

const SETTLE = `UPDATE jobs SET result = :result, message = :message, updated_at = :at
  WHERE job_id = :job_id AND status NOT IN ('pending', 'running') RETURNING *`
const REQUEST_CANCEL = `UPDATE jobs SET cancel_requested_at = coalesce(cancel_requested_at, :at),
  message = :message, updated_at = :at WHERE job_id = :job_id AND status = 'running' RETURNING *`
const REMOVE = `DELETE FROM jobs WHERE job_id = :job_id AND phase = 'over'`

/** What is written about the end of a job: that it is wanted, that it was another one, that it is forgotten. */
export const jobEnding = (db: Database, now: () => Date) => {
  const change = (sql: string, values: Record<string, string>) =>
    db.all<JobRow>(sql, { ...values, at: now().toISOString() }).map(toStored)[0]

  return {
    /** Corrects the result of a job that had its final status before its last unit ended. */
    settle(job_id: string, result: AgentJobResult, message: string): StoredJob {
      const job = change(SETTLE, { job_id, message, result: JSON.stringify(result) })
      if (!job) throw new Failure('JOB_CONFLICT', `Job ${job_id} has no result to correct yet.`)
      return job
    },

    /** Notes that a running job shall stop where that is safe. */
    requestCancel(job_id: string, message: string): StoredJob {
      const job = change(REQUEST_CANCEL, { job_id, message })
      if (!job) throw new Failure('JOB_CONFLICT', `Job ${job_id} is not running any more.`)
      return job
    },

    /** Forgets a job of which nothing runs any more, with its log and its snapshots. */
    remove(job_id: string) {
      if (db.run(REMOVE, { job_id }) === 0)
        throw new Failure('JOB_CONFLICT', `Something of job ${job_id} still runs.`)
    },
  }
}
