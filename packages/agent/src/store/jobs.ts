import { randomUUID } from 'node:crypto'
import type { AgentJob, AgentJobSummary, LogLine } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { toStored, toSummary, type JobRow, type StoredJob } from './job-row.ts'
import { filterOf, pageOf, type JobFilter } from './job-list.ts'
import { jobMoving } from './job-moves.ts'
import { logStore } from './logs.ts'
import type { Database } from './open.ts'

export type JobStore = ReturnType<typeof jobStore>
export type NewJob = Pick<
  StoredJob,
  'operation' | 'request' | 'patches' | 'idempotency_key' | 'request_hash' | 'caller' | 'request_id'
>
/** Jobs that wait, that change the host just now, and that have ended. */
type Counts = { waiting: number; at_work: number; ended: number }
type Asked = Pick<StoredJob, 'caller' | 'idempotency_key' | 'request_hash'>

const INSERT = `INSERT INTO jobs (job_id, operation, status, phase, progress_percent, message, request,
    patches, idempotency_key, request_hash, caller, request_id, created_at, updated_at)
  VALUES (:job_id, :operation, 'pending', 'queued', 0, 'Waits for its turn.', :request,
    :patches, :idempotency_key, :request_hash, :caller, :request_id, :at, :at)`
// What is under way comes before what waits.
const NEXT = `SELECT * FROM jobs WHERE phase <> 'over' ORDER BY phase = 'queued', rowid LIMIT 1`
const REPEATED = `SELECT * FROM jobs WHERE caller = :caller AND idempotency_key = :idempotency_key`
const COUNTS = `SELECT count(*) FILTER (WHERE phase = 'queued') AS waiting,
  count(*) FILTER (WHERE phase NOT IN ('queued', 'over')) AS at_work,
  count(*) FILTER (WHERE phase = 'over') AS ended FROM jobs`

export const jobStore = (db: Database, now = () => new Date()) => {
  const logs = logStore(db)
  const select = (where: string, values = {}): StoredJob[] =>
    db.all<JobRow>(`SELECT * FROM jobs WHERE ${where}`, values).map(toStored)

  function get(job_id: string): StoredJob {
    const [job] = select('job_id = :job_id', { job_id })
    if (!job) throw new Failure('JOB_NOT_FOUND', `There is no job ${job_id} on this host.`)
    return job
  }

  return {
    get,
    ...jobMoving(db, now),

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
    read(job_id: string): AgentJob {
      const job = get(job_id)
      const packages = job.request.packages.map(({ name }) => name)
      return { ...toSummary(job), packages, result: job.result, logs: logs.read(job_id) }
    },

    list: (filter: JobFilter): { jobs: AgentJobSummary[]; total: number } =>
      db.transaction(() => {
        const { where, values } = filterOf(filter)
        const jobs = select(`${where} ${pageOf(filter)}`, values).map(toSummary)
        const sql = `SELECT count(*) AS total FROM jobs WHERE ${where}`
        const [{ total } = { total: 0 }] = db.all<{ total: number }>(sql, values)
        return { jobs, total }
      }),

    /** The one to work on: what an agent before this one left unfinished, else the oldest that waits. */
    next: () => db.all<JobRow>(NEXT).map(toStored)[0],

    waitingOrRunning: () => select(`status IN ('pending', 'running')`),

    /** Jobs that applied patches and say what became of them, newest first. */
    patchHistory: () =>
      select(`operation = 'patch_apply' AND result IS NOT NULL ORDER BY rowid DESC`),

    counts: () => db.all<Counts>(COUNTS)[0] ?? { waiting: 0, at_work: 0, ended: 0 },

    log: (job_id: string, lines: LogLine[]) => logs.append(job_id, lines),
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

const toValues = ({ request, patches, ...rest }: NewJob) => ({
  operation: rest.operation,
  idempotency_key: rest.idempotency_key,
  request_hash: rest.request_hash,
  caller: rest.caller,
  request_id: rest.request_id,
  request: JSON.stringify(request),
  patches: JSON.stringify(patches),
})
