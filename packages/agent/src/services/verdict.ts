import type { AgentJobResult, PackageChange } from '@linux-patch/shared/agent-job'
import type { PackageManager, PlannedChange } from '../package-manager.ts'
import type { StoredEnd, StoredJob } from '../store/job-row.ts'
import { nameSome } from './text.ts'

export type Versions = Awaited<ReturnType<PackageManager['versions']>>
type Facts = {
  versions: Versions
  reboot_required: boolean
  /** What the package manager itself called errors. */
  errors: string[]
}

/** Whether a job did what it planned, from the package database alone: an exit code only explains. */
export function judge(
  job: StoredJob,
  { versions, reboot_required, errors }: Facts,
): AgentJobResult {
  const changes = changesOf(job, versions)
  const broken = newlyBroken(job, versions)
  const missing = job.plan?.changes.length ? [] : notAsAsked(job, versions)
  const failed = changes.filter(({ outcome }) => outcome !== 'done').map(({ name }) => name)
  const packages_failed = [...new Set([...failed, ...broken, ...missing])]
  const success = packages_failed.length === 0
  return {
    success,
    packages_installed: changes
      .filter(({ action, outcome }) => action !== 'remove' && outcome === 'done')
      .map(({ name }) => name),
    packages_failed,
    changes,
    reboot_required,
    error: success ? null : errorOf(job, packages_failed, errors),
  }
}

export function changesOf({ plan, ended }: StoredJob, versions: Versions): PackageChange[] {
  return (plan?.changes ?? []).map((planned) => ({
    ...planned,
    version_after: versionOf(versions.get(planned.name)),
    outcome: outcomeOf(planned, versions.get(planned.name), ended),
  }))
}

type Found = { version: string; state: 'installed' | 'residual' | 'broken' } | undefined

const versionOf = (found: Found) =>
  found === undefined || found.state === 'residual' ? null : found.version

function outcomeOf(
  { action, version_planned }: PlannedChange,
  found: Found,
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
function newlyBroken({ plan }: StoredJob, versions: Versions): string[] {
  if (!plan) return []
  const names = [...versions].filter(([, { state }]) => state === 'broken').map(([name]) => name)
  return names.filter((name) => !plan.broken.includes(name))
}

/** An empty plan is good news only where all that was asked for is there already. */
function notAsAsked({ request }: StoredJob, versions: Versions): string[] {
  const find = (name: string) => versions.get(name) ?? versions.get(name.replace(/:.*/, ''))
  return request.packages
    .filter(({ name, version }) => {
      const found = find(name)
      return found?.state !== 'installed' || (version !== null && found.version !== version)
    })
    .map(({ name }) => name)
}

export const errorCode = ({ operation }: Pick<StoredJob, 'operation'>) =>
  operation === 'patch_apply' ? 'PATCH_APPLY_ERROR' : 'PKG_MANAGER_ERROR'

function errorOf(job: StoredJob, failed: string[], errors: string[]) {
  const words = [howItEnded(job.ended), `Not done or broken: ${nameSome(failed)}.`, ...errors]
  return { code: errorCode(job), message: words.filter((word) => word !== '').join(' ') }
}

function howItEnded(ended: StoredEnd | null): string {
  if (!ended) return ''
  if (ended.result === 'lost')
    return `The ${ended.phase} was interrupted: the host stopped, or something killed it.`
  if (ended.result === 'success' && ended.status === '0') return ''
  return `The ${ended.phase} ended with ${ended.result} (${ended.code} ${ended.status}).`
}
