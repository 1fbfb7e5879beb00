import type { Rollback } from '@linux-patch/shared/agent-job'
import type { PackageState, Snapshot } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import { recordOf } from './inverse.ts'
import type { Running } from './running.ts'
import { remarked, restrict, touched, versionOf, whyNotSaved } from './snapshots.ts'

/** Packages that a rollback should have brought back to what they were, version and mark, and that are not so. */
export function notRestored(running: Running, job: StoredJob, now: Snapshot): string[] {
  if (job.operation !== 'rollback') return []
  const record = recordOf(running, job.original_job_id ?? '')
  if (!record) return []
  const { before, after } = record
  const moved = touched(before, after).filter(
    (name) => versionOf(before, name) !== versionOf(now, name),
  )
  return [...new Set([...moved, ...remarked(before, now)])]
}

/** Notes how the packages are after a job, and says whether it can be taken back. Null where it changed nothing. */
export function wayBack(running: Running, job: StoredJob, now: Snapshot): Rollback | null {
  const { job_id, plan } = job
  const kept = running.snapshots.find(job_id)
  const planned = plan?.changes ?? []
  if (!kept) {
    const isUntouched = planned.every(
      ({ name, version_before }) => versionOf(now, name) === version_before,
    )
    if (isUntouched) return null
    return { possible: false, reason: 'How the packages were before was not noted.' }
  }
  const names = [...Object.keys(kept.before), ...planned.map(({ name }) => name)]
  const after: Record<string, PackageState> = restrict(now, names)
  running.snapshots.end(job_id, kept.before, after)
  if (touched(kept.before, after).length === 0) return null
  const reason = whyNotSaved(kept.before, after, kept.saved)
  return { possible: reason === null, reason }
}
