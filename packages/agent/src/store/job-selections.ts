import { Failure } from '@linux-patch/shared/failure'
import { toStored, type JobRow, type StoredJob } from './job-row.ts'
import type { Database } from './open.ts'

/** Jobs that wait, that change the host just now, and that have ended. */
type Counts = { waiting: number; at_work: number; ended: number }
export type Aged = { job_id: string; completed_at: string }

// What is under way comes before what waits. A reboot is no work: it is waited for beside the queue.
const NEXT = `phase NOT IN ('reboot', 'over') AND operation <> 'reboot'
  ORDER BY phase = 'queued', rowid LIMIT 1`
const REBOOTS = `phase = 'reboot' OR (phase = 'queued' AND operation = 'reboot') ORDER BY rowid`
const COUNTS = `SELECT count(*) FILTER (WHERE phase IN ('queued', 'reboot')) AS waiting,
  count(*) FILTER (WHERE phase NOT IN ('queued', 'reboot', 'over')) AS at_work,
  count(*) FILTER (WHERE phase = 'over') AS ended FROM jobs`
// What a job that has not ended yet goes back to is still needed.
const NEEDED = `SELECT original_job_id FROM jobs
  WHERE original_job_id IS NOT NULL AND phase <> 'over'`
const ENDED = `SELECT job_id, completed_at FROM jobs
  WHERE phase = 'over' AND completed_at IS NOT NULL AND job_id NOT IN (${NEEDED})
  ORDER BY completed_at, rowid`

/** Which jobs there are. */
export const jobSelections = (db: Database) => {
  const select = (where: string, values = {}): StoredJob[] =>
    db.all<JobRow>(`SELECT * FROM jobs WHERE ${where}`, values).map(toStored)
  const find = (job_id: string) => select('job_id = :job_id', { job_id })[0]

  return {
    select,
    find,

    get(job_id: string): StoredJob {
      const job = find(job_id)
      if (!job) throw new Failure('JOB_NOT_FOUND', `There is no job ${job_id} on this host.`)
      return job
    },

    /** The one to work on: what an agent before this one left unfinished, else the oldest that waits. */
    next: () => select(NEXT)[0],

    /** Jobs whose next event is a reboot of the host. */
    reboots: () => select(REBOOTS),

    waitingOrRunning: () => select(`status IN ('pending', 'running')`),

    /** Whether no job is at the host's packages, or will be. */
    isIdle: () => select(NEXT).length === 0,

    /** Jobs that applied patches and say what became of them, newest first. */
    patchHistory: () =>
      select(`operation = 'patch_apply' AND result IS NOT NULL ORDER BY rowid DESC`),

    rollbacksOf: (job_id: string) => select('original_job_id = :job_id', { job_id }),

    /** What could be forgotten, the oldest first. */
    ended: () => db.all<Aged>(ENDED).map((row) => ({ ...row })),

    counts: () => db.all<Counts>(COUNTS)[0] ?? { waiting: 0, at_work: 0, ended: 0 },
  }
}
