import type { PlannedChange, TransactionRequest } from '../package-manager.ts'
import type { StoredJob, StoredPlan } from '../store/job-row.ts'
import { refuseDrift } from './digest.ts'
import { checkDisk } from './disk.ts'
import { goOn, requestOf, type Next } from './next.ts'
import { inverseOf } from './inverse.ts'
import type { Running } from './running.ts'
import { stateOf } from './snapshots.ts'
import { counted } from './text.ts'

/** Works out what the job would change, and whether that is what was agreed to. Nothing is changed yet. */
export async function plan(running: Running, job: StoredJob): Promise<Next> {
  const { job_id, status } = job
  if (status !== 'running') return { phase: 'verify' }
  const { live } = running
  live.record(job_id, { progress_percent: 1, message: 'Works out what would change.' })
  const request = await currentRequest(running, job)
  const made = await makePlan(running, request)
  refuseUnexpected(running, job, made.changes)
  live.log(job_id, 'info', `The plan has ${counted(made.changes.length, 'change')}.`)
  for (const change of made.changes) live.log(job_id, 'info', sayChange(change))
  if (made.changes.length === 0) return { phase: 'verify', plan: made, request }

  await checkDisk(made, running.lookAtDisk)
  live.record(job_id, { progress_percent: 5, message: 'Downloads.' })
  return { ...goOn(running, job_id, 'download'), plan: made, request }
}

/** A bound job runs what was previewed and nothing else. */
export function refuseUnexpected(
  { previews }: Running,
  { expected_digest }: StoredJob,
  changes: PlannedChange[],
) {
  if (expected_digest === null) return
  refuseDrift({ expected: expected_digest, changes, known: previews.find(expected_digest) })
}

/** What there is to go back to depends on how the host is now; other names are resolved anew when something moved. */
async function currentRequest(running: Running, job: StoredJob): Promise<TransactionRequest> {
  if (job.operation === 'rollback') return inverseOf(running, job)
  const request = requestOf(job)
  return job.retries.length > 0 ? running.packageManager.resolve(job.asked ?? request) : request
}

async function makePlan(
  { packageManager }: Running,
  request: TransactionRequest,
): Promise<StoredPlan> {
  const made = await packageManager.plan(request)
  const snapshot = await packageManager.snapshot()
  const isCut = request.operation === 'patch_apply' && made.changes.length > 0
  const broken = Object.entries(snapshot).filter(([, { state }]) => state === 'broken')
  return {
    ...made,
    groups: isCut ? await packageManager.groups(request) : [request],
    automatic: made.changes
      .map(({ name }) => name)
      .filter((name) => stateOf(snapshot, name)?.automatic),
    broken: broken.map(([name]) => name),
  }
}

const sayChange = ({ action, name, version_before, version_planned }: PlannedChange) =>
  [
    `${action} ${name}`,
    ...(version_before === null ? [] : [`from ${version_before}`]),
    ...(version_planned === null ? [] : [`to ${version_planned}`]),
  ].join(' ')
