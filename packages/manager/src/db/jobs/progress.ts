import { isFinalPart, jobStatusOf } from '@linux-patch/shared/job-moves'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine } from '../schema.ts'

/**
 * Works a job's own status and progress out from its parts. Whoever changes a part calls this afterwards:
 * parts are locked before jobs, and jobs in the order of their ids, so that nobody waits in a circle.
 */
export async function bringUpToDate(db: Db, engine: Engine, job_ids: string[], now: string) {
  const jobs = await db
    .selectFrom('job')
    .select(['id', 'started_at', 'completed_at'])
    .where('id', 'in', job_ids)
    .orderBy('id')
    .$call(lockedIn(engine))
    .execute()
  for (const { id, started_at, completed_at } of jobs) {
    const { status, progress_percent, finished } = await stateOf(db, id)
    await db
      .updateTable('job')
      .set({ status, progress_percent })
      .set({ started_at: status === 'queued' ? null : (started_at ?? now) })
      .set({ completed_at: finished ? (completed_at ?? now) : null })
      .where('id', '=', id)
      .execute()
  }
}

async function stateOf(db: Db, job_id: string) {
  const groups = await db
    .selectFrom('job_host')
    .select((of) => ['status', of.fn.countAll<number>().as('count')])
    .select((of) => of.fn.sum<number>('progress_percent').as('percent'))
    .where('job_id', '=', job_id)
    .groupBy('status')
    .execute()
  const statuses = groups.map(({ status }) => status)
  const parts = groups.reduce((sum, { count }) => sum + count, 0)
  // A part that failed half-way is as far as it will ever get.
  const percent = groups.reduce(
    (sum, { status, count, percent }) => sum + (isFinalPart(status) ? count * 100 : percent),
    0,
  )
  return {
    status: jobStatusOf(statuses),
    progress_percent: Math.floor(percent / parts),
    finished: statuses.every(isFinalPart),
  }
}
