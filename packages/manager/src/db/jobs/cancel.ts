import { jobPartMoves } from '@linux-patch/shared/job-moves'
import { bringUpToDate } from './progress.ts'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine } from '../schema.ts'
import { within } from '../within.ts'

/** `message`: what the parts say that end at once. */
export type Cancelling = { now: string; message: string }

/**
 * Cancels the parts of a job whose hosts were never asked, and notes of the others that they shall stop: whoever
 * drives them tells their hosts. Answers how many had not ended.
 */
export const cancelParts = (
  db: Db,
  engine: Engine,
  job_id: string,
  { now, message }: Cancelling,
): Promise<number> =>
  within(db, async (db) => {
    // In the order in which everybody takes them, so that nobody waits in a circle.
    const parts = await db
      .selectFrom('job_host')
      .select(['id', 'asked_at'])
      .where('job_id', '=', job_id)
      .where('status', 'in', jobPartMoves.cancel.from)
      .orderBy('id')
      .$call(lockedIn(engine))
      .execute()
    const idsOf = (isAsked: boolean) =>
      parts.filter(({ asked_at }) => (asked_at !== null) === isAsked).map(({ id }) => id)
    await cancelNow(db, idsOf(false), { now, message })
    await requestCancel(db, idsOf(true), now)
    if (parts.length > 0) await bringUpToDate(db, engine, [job_id], now)
    return parts.length
  })

async function cancelNow(db: Db, ids: string[], { now, message }: Cancelling) {
  if (ids.length === 0) return
  await db
    .updateTable('job_host')
    .set({ status: jobPartMoves.cancel.to, message })
    .set({ cancel_requested_at: now, updated_at: now, completed_at: now })
    .set({ owner: null, lease_until: null, next_attempt_at: null })
    .where('id', 'in', ids)
    .execute()
}

async function requestCancel(db: Db, ids: string[], now: string) {
  if (ids.length === 0) return
  await db
    .updateTable('job_host')
    .set((of) => ({
      // One whose host refused is asked once more.
      cancel_requested_at: of
        .case()
        .when('cancel_refused', 'is', null)
        .then(of.fn.coalesce('cancel_requested_at', of.val(now)))
        .else(now)
        .end(),
      cancel_refused: null,
      // One that waits for another try is taken up at once.
      next_attempt_at: null,
    }))
    .where('id', 'in', ids)
    .execute()
}
