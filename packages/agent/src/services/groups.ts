import { Failure } from '@linux-patch/shared/failure'
import type { TransactionRequest } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import { digestOf, notAmong } from './digest.ts'
import { lookPatiently } from './follow.ts'
import { numbered, requestOf, stopAt, type Next } from './next.ts'
import { refuseUnexpected } from './plan.ts'
import { isRunning, isUnwanted, jobUnit, type Running } from './running.ts'
import { stateOf } from './snapshots.ts'
import { nameSome } from './text.ts'
import { neverBegan, perform } from './units.ts'
import { isWellEnded, newlyBroken } from './verdict.ts'
import { waitForLock } from './waiting.ts'

const groupsOf = (job: StoredJob) => job.plan?.groups ?? [requestOf(job)]

/** Installs the next group. Between two of them a job can be stopped; within one it never is. */
export async function install(running: Running, job: StoredJob): Promise<Next> {
  const { job_id, groups_done } = job
  const groups = groupsOf(job)
  const group = groups[groups_done]
  if (!group) return { phase: 'recover' }
  const phase = numbered('install', groups_done + 1)
  if (await isStillToBegin(running, job, phase)) {
    if (!isRunning(running, job_id)) return { phase: 'recover' }
    const instead = await lookFirst(running, job, { group, phase })
    if (instead) return instead
  }
  const ended = await perform(running, job_id, {
    phase,
    stop: 'SIGINT',
    span: spanOf(groups_done, groups.length),
    command: () => running.packageManager.install(group, job_id),
    // Never twice: what was interrupted is repaired and judged.
    mayStart: () =>
      isRunning(running, job_id) && !isUnwanted(running, job_id) && neverBegan(running, job, phase),
  })
  const wasNotBegun = ended.result === 'lost' && neverBegan(running, job, phase)
  if (wasNotBegun && isUnwanted(running, job_id)) return stopAt(phase)

  const { overcome = 0 } = job.ended ?? {}
  const done = { ended: { ...ended, overcome }, groups_done: groups_done + 1 }
  // What was cut off is repaired before anything else; what apt itself brought to an end is not.
  if (groups_done + 1 === groups.length || ended.code !== 'exited')
    return { ...done, phase: 'recover' }
  if (isWellEnded(ended, phase) || (await isDone(running, job, group)))
    return { ...done, phase: 'install' }
  return { ...done, phase: 'install', ...restAsOne(job, groups) }
}

/**
 * One package that fails must not keep the other patches away. But each further run of apt would try it again, so
 * what is left becomes one group.
 */
function restAsOne({ plan, groups_done }: StoredJob, groups: TransactionRequest[]) {
  const [next, ...others] = groups.slice(groups_done + 1)
  if (!plan || !next) return {}
  const packages = [next, ...others].flatMap((group) => group.packages)
  const kept = groups.slice(0, groups_done + 1)
  return { plan: { ...plan, groups: [...kept, { ...next, packages }] } }
}

const spanOf = (done: number, groups: number) => ({
  installs: true,
  from: 45 + (53 * done) / groups,
  to: 45 + (53 * (done + 1)) / groups,
})

async function isStillToBegin(running: Running, job: StoredJob, phase: string): Promise<boolean> {
  if (!neverBegan(running, job, phase)) return false
  return (await lookPatiently(running, jobUnit(running, job.job_id, phase))) === 'lost'
}

/** Others may have been at the packages since they were planned: what runs is what was planned, or nothing. */
async function lookFirst(
  running: Running,
  job: StoredJob,
  { group, phase }: { group: TransactionRequest; phase: string },
): Promise<Next | undefined> {
  const { job_id, groups_done } = job
  await waitForLock(running, job_id)
  if (isUnwanted(running, job_id)) return stopAt(phase)
  if (!isRunning(running, job_id)) return { phase: 'recover' }
  return groups_done === 0 ? compareAll(running, job) : compareGroup(running, job, group)
}

async function compareAll(running: Running, job: StoredJob): Promise<Next | undefined> {
  const changes = await running.packageManager.changes(requestOf(job))
  if (digestOf(changes) === digestOf(job.plan?.changes ?? [])) return undefined
  refuseUnexpected(running, job, changes)
  if (job.retries.includes('moved'))
    throw new Failure(
      'PLAN_DRIFT',
      'The packages of this host changed twice while the job prepared. Nothing was changed.',
    )
  running.live.log(
    job.job_id,
    'warning',
    'Something else changed the packages meanwhile; plans again.',
  )
  return { phase: 'repair', retries: [...job.retries, 'moved'] }
}

async function compareGroup(
  { packageManager }: Running,
  { plan, groups_done }: StoredJob,
  group: TransactionRequest,
): Promise<Next | undefined> {
  const changes = await packageManager.changes(group)
  // An earlier group may have taken them along.
  if (changes.length === 0) return { phase: 'install', groups_done: groups_done + 1 }
  const strange = notAmong(changes, plan?.changes ?? []).map(({ name }) => name)
  if (strange.length === 0) return undefined
  throw new Failure(
    'PLAN_DRIFT',
    `Something else changed the packages meanwhile, and what would come now was not planned: ${nameSome(strange)}.`,
    { details: { changed: strange } },
  )
}

/** A package that was broken before makes apt-get end badly, whatever else it did. */
async function isDone({ packageManager }: Running, job: StoredJob, group: TransactionRequest) {
  const snapshot = await packageManager.snapshot()
  const isThere = ({ name, version }: TransactionRequest['packages'][number]) => {
    const found = stateOf(snapshot, name)
    return found?.state === 'installed' && found.version === version
  }
  return newlyBroken(job, snapshot).length === 0 && group.packages.every(isThere)
}
