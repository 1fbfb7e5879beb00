import { jobPartMoves } from '@linux-patch/shared/job-moves'
import { sql } from 'kysely'
import type { ClaimedPart } from './parts.ts'
import { bringUpToDate } from './progress.ts'
import type { Db, Engine } from '../schema.ts'
import { isLostRace } from '../lost-race.ts'
import { within } from '../within.ts'

export type Claim = { owner: string; now: string; lease_until: string; limit: number }

/** Takes parts and says which. Whoever loses a race for one gets nothing this time. */
export async function claimParts(db: Db, engine: Engine, claim: Claim): Promise<ClaimedPart[]> {
  try {
    return await within(db, async (db) => {
      const taken = await take(db, engine, claim)
      if (taken.length === 0) return []
      const job_ids = [...new Set(taken.map(({ job_id }) => job_id))]
      await bringUpToDate(db, engine, job_ids, claim.now)
      return read(
        db,
        taken.map(({ id }) => id),
      )
    })
  } catch (error) {
    if (isLostRace(error)) return []
    throw error
  }
}

const take = (db: Db, engine: Engine, { owner, now, lease_until, limit }: Claim) =>
  db
    // Materialized: a planner that ran this once for every row would take more than the limit.
    .with(
      (cte) => cte('due').materialized(),
      (db) =>
        db
          .selectFrom('job_host as part')
          .select('part.id')
          .where((of) => of.or([isNextOfIdleHost, isAbandoned(now)]))
          .orderBy('part.id')
          .limit(limit)
          .$if(engine === 'postgres', (query) => query.forUpdate().skipLocked()),
    )
    .updateTable('job_host')
    .set((of) => ({
      owner,
      lease_until,
      status: of
        .case()
        .when('status', '=', jobPartMoves.claim.from[0])
        .then(jobPartMoves.claim.to)
        .else(of.ref('status'))
        .end(),
      attempts: of('attempts', '+', 1),
      claimed_at: of.fn.coalesce('claimed_at', of.val(now)),
      next_attempt_at: null,
      updated_at: now,
    }))
    .where('id', 'in', (of) => of.selectFrom('due').select('due.id'))
    .returning(['id', 'job_id'])
    .execute()

/** Queued, on a host where nothing goes on and nothing is queued before it. */
const isNextOfIdleHost = sql<boolean>`(
  part.status = 'queued' and not exists (
    select 1 from job_host as other
    where other.host_id = part.host_id and (
      other.status in ('pending', 'running') or (other.status = 'queued' and other.id < part.id)
    )
  )
)`

const isAbandoned = (now: string) => sql<boolean>`(
  part.status in ('pending', 'running')
  and (part.lease_until is null or part.lease_until < ${now})
  and (part.next_attempt_at is null or part.next_attempt_at <= ${now})
)`

async function read(db: Db, ids: string[]): Promise<ClaimedPart[]> {
  const rows = await db
    .selectFrom('job_host')
    .innerJoin('job', 'job.id', 'job_host.job_id')
    .leftJoin('job_host as parent', (join) =>
      join
        .onRef('parent.job_id', '=', 'job.parent_job_id')
        .onRef('parent.host_id', '=', 'job_host.host_id'),
    )
    .select(['job_host.id', 'job_host.job_id', 'job_host.host_id', 'job_host.status'])
    .select(['job_host.agent_job_id', 'parent.agent_job_id as parent_agent_job_id'])
    .select(['job_host.asked_at', 'job_host.cancel_requested_at', 'job_host.cancel_refused'])
    .select(['job_host.expected_digest', 'job_host.attempts', 'job_host.log_count'])
    .select(['job_host.progress_percent', 'job_host.message'])
    .select((of) => of.ref('job_host.claimed_at').$notNull().as('claimed_at'))
    .select(['kind', 'packages', 'patches', 'exclude_packages', 'purge', 'notes'])
    .where('job_host.id', 'in', ids)
    .orderBy('job_host.id')
    .execute()
  return rows.map((row) => ({
    ...row,
    packages: JSON.parse(row.packages),
    patches: JSON.parse(row.patches),
    exclude_packages: JSON.parse(row.exclude_packages),
    purge: row.purge === 1,
  }))
}
