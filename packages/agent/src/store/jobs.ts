import { randomUUID } from 'node:crypto'
import type { AgentJob, AgentJobSummary, LogLine } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { toJob, toStored, toSummary, type JobRow, type StoredJob } from './job-row.ts'
import { jobEnding } from './job-ends.ts'
import { filterOf, pageOf, type JobFilter } from './job-list.ts'
import { jobMoving } from './job-moves.ts'
import { jobSelections } from './job-selections.ts'
import { logStore } from './logs.ts'
import type { Database } from './open.ts'

export type JobStore = ReturnType<typeof jobStore>
type Asked = Pick<StoredJob, 'caller' | 'idempotency_key' | 'request_hash'>
export type NewJob = Asked &
  Pick<
    StoredJob,
    | 'operation'
    | 'request'
    | 'asked'
    | 'names'
    | 'patches'
    | 'reboot'
    | 'expected_digest'
    | 'original_job_id'
    | 'scheduled_at'
    | 'request_id'
  >

const INSERT = `INSERT INTO jobs (job_id, operation, status, phase, progress_percent, message, request,
    asked, names, patches, reboot, expected_digest, original_job_id, scheduled_at,
    idempotency_key, request_hash, caller, request_id, created_at, updated_at)
  VALUES (:job_id, :operation, 'pending', 'queued', 0, 'Waits for its turn.', :request,
    :asked, :names, :patches, :reboot, :expected_digest, :original_job_id, :scheduled_at,
    :idempotency_key, :request_hash, :caller, :request_id, :at, :at)`
const REPEATED = `SELECT * FROM jobs WHERE caller = :caller AND idempotency_key = :idempotency_key`

export const jobStore = (db: Database, now = () => new Date()) => {
  const logs = logStore(db)
  const selections = jobSelections(db)
  const { get, select } = selections

  return {
    ...selections,
    ...jobMoving(db, now),
    ...jobEnding(db, now),

    /** Queues it, unless the same request with the same key did: then it answers that one's job. */
    add: (job: NewJob): { job: StoredJob; is_new: boolean } =>
      db.transaction(() => {
        const repeated = findRepeated(db, job)
        if (repeated) return { job: repeated, is_new: false }
        const job_id = randomUUID()
        db.run(INSERT, { ...toValues(job), job_id, at: now().toISOString() })
        return { job: get(job_id), is_new: true }
      }),

    /** The job that this request has made already. Throws JOB_CONFLICT where its key was used for another request. */
    findRepeated: (asked: Asked) => findRepeated(db, asked),

    /** The job as its callers may see it. */
    read: (job_id: string): AgentJob => toJob(get(job_id), logs.read(job_id)),

    list: (filter: JobFilter): { jobs: AgentJobSummary[]; total: number } =>
      db.transaction(() => {
        const { where, values } = filterOf(filter)
        const jobs = select(`${where} ${pageOf(filter)}`, values).map(toSummary)
        const sql = `SELECT count(*) AS total FROM jobs WHERE ${where}`
        const [{ total } = { total: 0 }] = db.all<{ total: number }>(sql, values)
        return { jobs, total }
      }),

    log: (job_id: string, lines: LogLine[]) => logs.append(job_id, lines),
    lastLine: logs.lastLine,
    lastErrors: logs.lastErrors,
  }
}

function findRepeated(db: Database, { caller, idempotency_key, request_hash }: Asked) {
  if (idempotency_key === null) return undefined
  const [job] = db.all<JobRow>(REPEATED, { caller, idempotency_key }).map(toStored)
  if (!job || job.request_hash === request_hash) return job
  throw new Failure('JOB_CONFLICT', 'This Idempotency-Key was used for another request.', {
    details: { reason: 'idempotency_key_reused', job_id: job.job_id },
  })
}

const toValues = ({ request, asked, names, patches, reboot, ...plain }: NewJob) => ({
  operation: plain.operation,
  expected_digest: plain.expected_digest,
  original_job_id: plain.original_job_id,
  scheduled_at: plain.scheduled_at,
  idempotency_key: plain.idempotency_key,
  request_hash: plain.request_hash,
  caller: plain.caller,
  request_id: plain.request_id,
  request: JSON.stringify(request),
  asked: JSON.stringify(asked),
  names: JSON.stringify(names),
  patches: JSON.stringify(patches),
  reboot: reboot && JSON.stringify(reboot),
})
