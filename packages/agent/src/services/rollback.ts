import { isFinal } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { PackageManager } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import type { JobStore } from '../store/jobs.ts'
import type { SnapshotStore } from '../store/snapshots.ts'
import { inverseOf, recordOf } from './inverse.ts'
import type { Prepared } from './job-requests.ts'
import { remarked, restrict, touched } from './snapshots.ts'

type Deps = { store: JobStore; snapshots: SnapshotStore; packageManager: PackageManager }
type Refusal =
  | 'not_terminal'
  | 'nothing_to_revert'
  | 'not_revertible'
  | 'already_rolled_back'
  | 'changed_since'

/**
 * The job that takes another one back, which can itself be taken back like any other. Whether that is possible is
 * asked now, where nothing else is going on, and again by the job.
 */
export async function toRollback(deps: Deps, job_id: string): Promise<Prepared> {
  const record = checkRevertible(deps, deps.store.get(job_id))
  const names = touched(record.before, record.after)
  const { before, after, saved } = record
  const request = deps.store.isIdle()
    ? await inverseNow(deps, job_id)
    : deps.packageManager.inverse(restrict(before, names), restrict(after, names), saved)
  const isDone = request.packages.length + request.remove.length + request.files.length === 0
  if (isDone && (await isMarkedAsBefore(deps, record)))
    throw refusal('nothing_to_revert', 'All that it changed is as it was before already.')
  return {
    request,
    names,
    original_job_id: job_id,
    confirm: () => void checkRevertible(deps, deps.store.get(job_id)),
  }
}

type Left = Pick<NonNullable<ReturnType<typeof recordOf>>, 'before' | 'after'>

async function isMarkedAsBefore({ store, packageManager }: Deps, { before, after }: Left) {
  const now = store.isIdle() ? await packageManager.snapshot() : after
  return remarked(before, now).length === 0
}

async function inverseNow(deps: Deps, original_job_id: string) {
  try {
    return await inverseOf(deps, { original_job_id })
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'PLAN_DRIFT') throw error
    throw refusal('changed_since', error.message, error.details)
  }
}

function checkRevertible(deps: Deps, job: StoredJob) {
  const { job_id, status, phase, started_at, operation, result } = job
  if (!isFinal(status) || phase !== 'over')
    throw refusal('not_terminal', 'The job has not ended yet.')
  if (status === 'cancelled' && started_at === null)
    throw new Failure('JOB_CANCELLED', 'The job was cancelled before it began.')
  if (operation === 'reboot' || operation === 'refresh')
    throw refusal('not_revertible', `Nothing takes a ${operation} back.`)
  if (!result?.rollback)
    throw refusal('nothing_to_revert', 'The job changed nothing that could be taken back.')
  if (isTakenBack(deps.store, job_id))
    throw refusal('already_rolled_back', 'The job was taken back already, or is just now.')
  const record = recordOf(deps, job_id)
  if (!result.rollback.possible || !record)
    throw refusal('not_revertible', result.rollback.reason ?? 'What it changed was not noted.')
  return record
}

/** A job whose rollback was itself taken back stands again. */
function isTakenBack(store: JobStore, job_id: string): boolean {
  return store
    .rollbacksOf(job_id)
    .some(
      ({ status, job_id: by }) =>
        !isFinal(status) || (status === 'completed' && !isTakenBack(store, by)),
    )
}

const refusal = (reason: Refusal, message: string, details = {}) =>
  new Failure('INVALID_REQUEST', message, { details: { ...details, reason } })
