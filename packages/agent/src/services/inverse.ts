import { Failure } from '@linux-patch/shared/failure'
import type { PackageManager, TransactionRequest } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import type { SnapshotStore } from '../store/snapshots.ts'
import { changedSince, restrict, touched } from './snapshots.ts'
import { nameSome } from './text.ts'

type Deps = { snapshots: SnapshotStore; packageManager: PackageManager }

/** What a job left, where it said so: how its packages were before, how they were after it, and what was kept. */
export function recordOf({ snapshots }: Pick<Deps, 'snapshots'>, job_id: string) {
  const found = snapshots.find(job_id)
  return found?.after ? { ...found, after: found.after } : undefined
}

/**
 * The transaction that takes a job back, from how the host is now: what went back already needs nothing. Throws
 * PLAN_DRIFT where somebody else changed one of its packages since, because that would be undone along with it.
 */
export async function inverseOf(
  deps: Deps,
  { original_job_id }: Pick<StoredJob, 'original_job_id'>,
): Promise<TransactionRequest> {
  const { packageManager } = deps
  const record = recordOf(deps, original_job_id ?? '')
  if (!record) throw new Error(`job ${original_job_id} left nothing to go back to`)
  const { before, after, saved } = record
  const now = await packageManager.snapshot()
  const changed = changedSince(before, after, now)
  if (changed.length > 0)
    throw new Failure('PLAN_DRIFT', `Changed since by something else: ${nameSome(changed)}.`, {
      details: { changed },
    })
  const names = touched(before, after)
  const inverse = packageManager.inverse(restrict(before, names), restrict(now, names), saved)
  return packageManager.resolve(inverse)
}
