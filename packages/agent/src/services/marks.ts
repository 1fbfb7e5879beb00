import type { Snapshot } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import { recordOf } from './inverse.ts'
import type { Running } from './running.ts'
import { stateOf } from './snapshots.ts'

/** apt takes a package that is named for one that somebody wants, and would never remove it again by itself. */
export async function giveMarksBack(running: Running, job: StoredJob, snapshot: Snapshot) {
  const { packageManager, live } = running
  const lost = wasAutomatic(running, job).filter((name) => {
    const found = stateOf(snapshot, name)
    return found?.state === 'installed' && !found.automatic
  })
  if (lost.length === 0) return
  try {
    await packageManager.markAutomatic(lost)
  } catch (error) {
    running.log.error({ err: error, job_id: job.job_id }, 'automatic marks could not be given back')
    live.log(job.job_id, 'warning', 'Some packages are marked as wanted now that were not before.')
  }
}

/** What somebody names to have it installed, he wants from then on. */
function wasAutomatic(running: Running, job: StoredJob): string[] {
  if (job.operation === 'rollback') return automaticBefore(running, job)
  const named = job.operation === 'install' ? job.names : []
  return (job.plan?.automatic ?? []).filter((name) => !named.includes(name))
}

function automaticBefore(running: Running, { original_job_id }: StoredJob): string[] {
  const { before = {} } = recordOf(running, original_job_id ?? '') ?? {}
  return Object.keys(before).filter((name) => before[name]?.automatic)
}
