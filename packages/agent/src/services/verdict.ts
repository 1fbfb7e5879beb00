import type { AgentJobResult, PackageChange, Rollback } from '@linux-patch/shared/agent-job'
import type { PackageState, PlannedChange, Snapshot } from '../package-manager.ts'
import type { StoredEnd, StoredJob } from '../store/job-row.ts'
import { stateOf, versionOf } from './snapshots.ts'
import { nameSome } from './text.ts'

export type Facts = {
  snapshot: Snapshot
  reboot_required: boolean
  /** Why not all of it was done, in the words of the package manager. */
  errors: string[]
  /** What a rollback should have brought back, and is otherwise. */
  not_restored: string[]
  rollback: Rollback | null
}

/** Whether a job did what it planned, from the package database alone: an exit code only explains. */
export function judge(job: StoredJob, facts: Facts): AgentJobResult {
  const { snapshot, reboot_required, errors, not_restored, rollback } = facts
  const changes = changesOf(job, snapshot)
  const missing = job.plan?.changes.length ? [] : notAsAsked(job, snapshot)
  const failed = changes.filter(({ outcome }) => outcome !== 'done').map(({ name }) => name)
  const broken = newlyBroken(job, snapshot)
  const packages_failed = [...new Set([...failed, ...broken, ...missing, ...not_restored])]
  const success = packages_failed.length === 0
  const isBroken = broken.length > 0 || changes.some(({ outcome }) => outcome === 'broken')
  return {
    success,
    packages_installed: installedOf(changes),
    packages_failed,
    changes,
    reboot_required,
    error: success ? null : errorOf(job, packages_failed, { errors, isBroken }),
    rollback,
  }
}

export const installedOf = (changes: PackageChange[]): string[] =>
  changes
    .filter(({ action, outcome }) => action !== 'remove' && outcome === 'done')
    .map(({ name }) => name)

export function changesOf({ plan, ended }: StoredJob, snapshot: Snapshot): PackageChange[] {
  return (plan?.changes ?? []).map((planned) => ({
    name: planned.name,
    action: planned.action,
    version_before: planned.version_before,
    version_planned: planned.version_planned,
    version_after: versionOf(snapshot, planned.name),
    outcome: outcomeOf(planned, stateOf(snapshot, planned.name), ended),
  }))
}

function outcomeOf(
  { action, version_planned }: PlannedChange,
  found: PackageState | undefined,
  ended: StoredEnd | null,
): PackageChange['outcome'] {
  if (found?.state === 'broken') return 'broken'
  if (action === 'remove') return found?.state === 'installed' ? 'not_done' : 'done'
  if (found?.state !== 'installed' || found.version !== version_planned) return 'not_done'
  // The same version before and after: only here the end of the unit has to tell.
  return action === 'reinstall' && !isWellEnded(ended, 'install') ? 'not_done' : 'done'
}

export const isWellEnded = (ended: StoredEnd | null, phase: string) =>
  ended?.phase === phase && ended.result === 'success' && ended.status === '0'

/** A trigger can break a package that nobody planned to touch. */
export function newlyBroken({ plan }: StoredJob, snapshot: Snapshot): string[] {
  if (!plan) return []
  return Object.entries(snapshot)
    .filter(([name, { state }]) => state === 'broken' && !plan.broken.includes(name))
    .map(([name]) => name)
}

/** An empty plan is good news only where all that was asked for is there already, or gone. */
function notAsAsked({ operation, request }: StoredJob, snapshot: Snapshot): string[] {
  if (!request || operation === 'rollback') return []
  const find = (name: string) =>
    stateOf(snapshot, name) ?? stateOf(snapshot, name.replace(/:.*/, ''))
  const absent = request.packages.filter(({ name, version }) => {
    const found = find(name)
    return found?.state !== 'installed' || (version !== null && found.version !== version)
  })
  const present = request.remove.filter((name) => find(name)?.state === 'installed')
  return [...absent.map(({ name }) => name), ...present]
}

export const errorCode = ({ operation }: Pick<StoredJob, 'operation'>) =>
  operation === 'patch_apply' ? 'PATCH_APPLY_ERROR' : 'PKG_MANAGER_ERROR'

function errorOf(job: StoredJob, failed: string[], facts: { errors: string[]; isBroken: boolean }) {
  // Asked to stop, and stopped: all that is missing was never begun.
  const hasStopped = job.ended?.result === 'cancelled' && !facts.isBroken
  const rest = `Not done or broken: ${nameSome(failed)}.`
  const why = hasStopped ? '' : facts.errors.join('; ')
  const words = [howItEnded(job.ended), rest, why]
  return {
    code: hasStopped ? 'JOB_CANCELLED' : errorCode(job),
    message: words.filter((word) => word !== '').join(' '),
  }
}

function howItEnded(ended: StoredEnd | null): string {
  if (!ended) return ''
  if (ended.result === 'cancelled')
    return 'It was cancelled; what had not begun was left as it was.'
  if (ended.result === 'lost')
    return `The ${ended.phase} was interrupted: the host stopped, or something killed it.`
  if (ended.result === 'success' && ended.status === '0') return ''
  return `The ${ended.phase} ended with ${ended.result} (${ended.code} ${ended.status}).`
}
