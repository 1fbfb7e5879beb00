import type { PackageChange, Rollback } from '@linux-patch/shared/agent-job'
import type { Job, JobPartStatus } from '@linux-patch/shared/job'
import { jobPartMoves, type JobPartMove } from '@linux-patch/shared/job-moves'
import { claimParts, type Claim } from './claim.ts'
import { bringUpToDate } from './progress.ts'
import { lockedIn } from '../locked-in.ts'
import { flagOrNull } from '../flag.ts'
import type { Db, Engine, Row } from '../schema.ts'
import { within } from '../within.ts'

/** A part with what its host shall be asked. */
export type ClaimedPart = Pick<
  Row<'job_host'>,
  | 'id'
  | 'job_id'
  | 'host_id'
  | 'expected_digest'
  | 'asked_at'
  | 'cancel_requested_at'
  | 'cancel_refused'
  | 'agent_job_id'
  | 'attempts'
  | 'progress_percent'
  | 'message'
> &
  Pick<Job, 'kind' | 'packages' | 'patches' | 'exclude_packages' | 'purge' | 'notes'> & {
    status: JobPartStatus
    /** The job on this host that this one takes back. */
    parent_agent_job_id: string | null
    /** When it was first taken up. */
    claimed_at: string
    /** How many lines of the host's log are stored: where to read on. */
    log_count: number
  }
export type Held = Pick<Row<'job_host'>, 'id' | 'cancel_requested_at'>
export type Progress = {
  status?: 'running' | undefined
  agent_job_id?: string | undefined
  progress_percent?: number | undefined
  message: string
  now: string
}
export type Release = { message: string; isUnheard: boolean }
export type Outcome = {
  error_code: string | null
  last_error: string | null
  changes: PackageChange[]
  reboot_required: boolean | null
  rollback: Rollback | null
  message: string
  now: string
}
export type LastMove = Exclude<JobPartMove, 'claim' | 'start'>

/** Everything here but `claim` answers whether the part was still the owner's, and does nothing if not. */
export const partStore = (db: Db, engine: Engine) => ({
  /** Takes parts to work on: queued ones of idle hosts, oldest first, and those whose owner fell silent. */
  claim: (claim: Claim): Promise<ClaimedPart[]> => claimParts(db, engine, claim),

  /** Which of them are still the owner's, and when they were asked to stop. */
  async renew(ids: string[], owner: string, lease_until: string): Promise<Held[]> {
    if (ids.length === 0) return []
    return db
      .with(
        (cte) => cte('ours').materialized(),
        (db) =>
          db
            .selectFrom('job_host')
            .select('id')
            .where('id', 'in', ids)
            .where('owner', '=', owner)
            .orderBy('id')
            .$call(lockedIn(engine)),
      )
      .updateTable('job_host')
      .set({ lease_until })
      .where('id', 'in', (of) => of.selectFrom('ours').select('ours.id'))
      .returning(['id', 'cancel_requested_at'])
      .execute()
  },

  /** Notes that the host is about to be asked. From then on only the host knows whether it has taken the part. */
  async ask(id: string, owner: string, now: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('job_host')
      .set((of) => ({ asked_at: of.fn.coalesce('asked_at', of.val(now)) }))
      .where('id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  },

  /** Notes why the host does not stop, unless it was asked again meanwhile. */
  async refuseCancel(id: string, owner: string, requested_at: string, cancel_refused: string) {
    const { numUpdatedRows } = await db
      .updateTable('job_host')
      .set({ cancel_refused })
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('cancel_requested_at', '=', requested_at)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  },

  /**
   * Gives a part back, to be claimed again by anybody from then on. `isUnheard`: its host, which was never asked
   * before, cannot have heard it; where the job was cancelled meanwhile, it is claimed again at once.
   */
  async release(id: string, owner: string, next_attempt_at: string, why?: Release) {
    const { numUpdatedRows } = await db
      .updateTable('job_host')
      .set({ owner: null, lease_until: null })
      .$if(why !== undefined, (query) => query.set({ message: why!.message }))
      .$if(!why?.isUnheard, (query) => query.set({ next_attempt_at }))
      .$if(why?.isUnheard === true, (query) =>
        query.set(({ case: either }) => ({
          asked_at: null,
          next_attempt_at: either()
            .when('cancel_requested_at', 'is', null)
            .then(next_attempt_at)
            .else(null)
            .end(),
        })),
      )
      .where('id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  },

  progress: (id: string, owner: string, progress: Progress): Promise<boolean> =>
    within(db, async (db) => {
      const { status, agent_job_id, progress_percent, message, now } = progress
      const part = await db
        .updateTable('job_host')
        .set({ message, updated_at: now })
        .$if(progress_percent !== undefined, (query) =>
          query.set({ progress_percent: progress_percent! }),
        )
        .$if(status !== undefined, (query) => query.set({ status: status! }))
        .$if(agent_job_id !== undefined, (query) => query.set({ agent_job_id: agent_job_id! }))
        .where('id', '=', id)
        .where('owner', '=', owner)
        .where('status', 'in', ['pending', 'running'])
        .returning('job_id')
        .executeTakeFirst()
      if (part) await bringUpToDate(db, engine, [part.job_id], now)
      return part !== undefined
    }),

  /** Makes the last move of a part, only if it can still make it, and brings its job up to date. */
  finish: (id: string, owner: string, move: LastMove, outcome: Outcome): Promise<boolean> =>
    within(db, async (db) => {
      const { from, to } = jobPartMoves[move]
      const { now, changes, reboot_required, rollback, message, error_code, last_error } = outcome
      const part = await db
        .updateTable('job_host')
        .set({ status: to, error_code, last_error, message, updated_at: now, completed_at: now })
        .set({ changes: JSON.stringify(changes), reboot_required: flagOrNull(reboot_required) })
        .set({ rollback: rollback && JSON.stringify(rollback) })
        .set({ owner: null, lease_until: null, next_attempt_at: null })
        .$if(to === 'completed', (query) => query.set({ progress_percent: 100 }))
        .where('id', '=', id)
        .where('owner', '=', owner)
        .where('status', 'in', from)
        .returning('job_id')
        .executeTakeFirst()
      if (part) await bringUpToDate(db, engine, [part.job_id], now)
      return part !== undefined
    }),
})
