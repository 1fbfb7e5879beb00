import type { Answer, Input } from '@linux-patch/shared/contract'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import { severities, type Patch } from '@linux-patch/shared/patch'
import { cut, sortBy, type SortKey } from '@linux-patch/shared/page'
import type { PackageManager } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import type { JobStore } from '../store/jobs.ts'
import type { ListStore } from '../store/lists.ts'
import { freshness } from './freshness.ts'

type ListInput = Input<AgentApi['listPatches']>
type Deps = {
  packageManager: PackageManager
  store: JobStore
  lists: Pick<ListStore, 'failure'>
  boot_id: string
}

export const patchService = (deps: Deps) => ({
  async list(input: ListInput): Promise<Answer<AgentApi['listPatches']>> {
    const { packageManager, store, lists, boot_id } = deps
    const [available, listing, isRebootDue] = await Promise.all([
      packageManager.patches(),
      packageManager.list(),
      needsReboot(packageManager),
    ])
    const isInUse = ({ patch, job }: Applied) =>
      !isRebootDue || !patch.requires_reboot || job.boot_id !== boot_id
    const found = [
      ...withJobs(available, store.waitingOrRunning()),
      ...appliedBefore(available, store.patchHistory()).map((one): Patch => ({
        ...one.patch,
        status: isInUse(one) ? 'applied' : 'pending',
      })),
    ].filter((patch) => isWanted(patch, input))

    const { sort, order, limit, offset } = input
    const page = { total: found.length, limit, offset, ...freshness(listing, lists) }
    return { ...page, patches: cut(sortBy(found, sortKeys[sort], order), input) }
  },
})

/** Not to know is not to say that it is in use. */
const needsReboot = (packageManager: PackageManager) =>
  packageManager.rebootReasons().then(
    (reasons) => reasons.length > 0,
    () => true,
  )

const sortKeys: Record<ListInput['sort'], (patch: Patch) => SortKey> = {
  // The worst is the greatest, so that `desc` shows it first.
  severity: ({ severity }) => -severities.indexOf(severity),
  published_date: ({ published_date }) => published_date,
  name: ({ name }) => name,
}

const isWanted = (patch: Patch, { severity, status }: ListInput) =>
  (severity === 'all' || patch.severity === severity) &&
  (status === 'all' || patch.status === status)

/** What jobs that have not ended are about, and what the person who asked for them left out. */
function withJobs(available: Patch[], jobs: StoredJob[]): Patch[] {
  const names = new Set(jobs.flatMap((job) => job.names))
  const excluded = new Set(jobs.flatMap(({ request }) => request?.exclude_packages ?? []))
  return available.map((patch) => {
    const { affected_packages } = patch
    if (affected_packages.some((name) => names.has(name))) return { ...patch, status: 'pending' }
    if (patch.blocked_by || !affected_packages.every((name) => excluded.has(name))) return patch
    const detail = 'The job that waits or runs leaves it out.'
    return { ...patch, blocked_by: { reason: 'excluded', detail } }
  })
}

type Applied = { patch: Patch; job: StoredJob }

/** What jobs of ours applied and the package manager does not offer again, as after a downgrade. */
function appliedBefore(available: Patch[], jobs: StoredJob[]): Applied[] {
  const taken = new Set(available.map(({ id }) => id))
  const applied: Applied[] = []
  for (const job of jobs)
    for (const patch of job.patches)
      if (!taken.has(patch.id) && wasApplied(patch, job)) {
        taken.add(patch.id)
        applied.push({ patch, job })
      }
  return applied
}

function wasApplied({ affected_packages }: Patch, { result }: StoredJob): boolean {
  const changes = result?.changes.filter(({ name }) => affected_packages.includes(name)) ?? []
  return changes.length > 0 && changes.every(({ outcome }) => outcome === 'done')
}
