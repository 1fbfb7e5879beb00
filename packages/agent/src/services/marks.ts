import type { Mark, Snapshot } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import { recordOf } from './inverse.ts'
import type { Running } from './running.ts'
import { stateOf } from './snapshots.ts'
import { nameSome } from './text.ts'

/**
 * apt takes a package that is named for one that somebody wants, and would never remove it again by itself. What it
 * takes for a dependency only may be removed with whatever needed it: both are put back. Answers whether there was
 * anything to put back.
 */
export async function giveMarksBack(
  running: Running,
  job: StoredJob,
  snapshot: Snapshot,
): Promise<boolean> {
  const wrong = Object.entries(marksBefore(running, job)).filter(([name, automatic]) => {
    const found = stateOf(snapshot, name)
    return found?.state === 'installed' && found.automatic !== automatic
  })
  const named = (automatic: boolean) =>
    wrong.filter(([, before]) => before === automatic).map(([name]) => name)
  await mark(running, job, { names: named(true), as: 'automatic' })
  await mark(running, job, { names: named(false), as: 'manual' })
  return wrong.length > 0
}

type Marking = { names: string[]; as: Mark }

async function mark(running: Running, { job_id }: StoredJob, { names, as }: Marking) {
  if (names.length === 0) return
  try {
    await running.packageManager.mark(names, as)
  } catch (error) {
    running.log.error({ err: error, job_id }, 'marks could not be given back')
    const message = `These are no longer marked as ${as}, as they were: ${nameSome(names)}.`
    running.live.log(job_id, 'warning', message)
  }
}

/** Which packages were marked as automatic, and which were not. What somebody names to have it, he wants from then on. */
function marksBefore(running: Running, job: StoredJob): Record<string, boolean> {
  if (job.operation === 'rollback') return marksOfOriginal(running, job)
  const named = job.operation === 'install' ? job.names : []
  const automatic = (job.plan?.automatic ?? []).filter((name) => !named.includes(name))
  return Object.fromEntries(automatic.map((name) => [name, true]))
}

/** A rollback that was stopped before it changed anything gives nothing back, and so no mark either. */
function hasBegun({ status, plan, ended }: StoredJob): boolean {
  if (ended?.result === 'cancelled') return false
  if (!plan?.changes.length) return status === 'running'
  return ended?.phase === 'install'
}

function marksOfOriginal(running: Running, job: StoredJob) {
  const record = hasBegun(job) ? recordOf(running, job.original_job_id ?? '') : undefined
  const before = Object.entries(record?.before ?? {})
  return Object.fromEntries(before.map(([name, { automatic }]) => [name, automatic]))
}
