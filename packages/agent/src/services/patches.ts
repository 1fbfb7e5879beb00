import type { Answer, Input } from '@linux-patch/shared/contract'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import { severities, type Patch } from '@linux-patch/shared/patch'
import { cut, sortBy, type SortKey } from '@linux-patch/shared/page'
import type { PackageManager } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import type { JobStore } from '../store/jobs.ts'

type ListInput = Input<AgentApi['listPatches']>
type Deps = { packageManager: PackageManager; store: JobStore }

export const patchService = ({ packageManager, store }: Deps) => ({
  async list(input: ListInput): Promise<Answer<AgentApi['listPatches']>> {
    const [available, { lists_updated_at, lists_failure }] = await Promise.all([
      packageManager.patches(),
      packageManager.list(),
    ])
    const found = [
      ...withPending(available, store.waitingOrRunning()),
      ...appliedBefore(available, store.patchHistory()),
    ].filter((patch) => isWanted(patch, input))

    const { sort, order, limit, offset } = input
    const page = { total: found.length, limit, offset, lists_updated_at, lists_failure }
    return { ...page, patches: cut(sortBy(found, sortKeys[sort], order), input) }
  },
})

const sortKeys: Record<ListInput['sort'], (patch: Patch) => SortKey> = {
  // The worst is the greatest, so that `desc` shows it first.
  severity: ({ severity }) => -severities.indexOf(severity),
  published_date: ({ published_date }) => published_date,
  name: ({ name }) => name,
}

const isWanted = (patch: Patch, { severity, status }: ListInput) =>
  (severity === 'all' || patch.severity === severity) &&
  (status === 'all' || patch.status === status)

function withPending(available: Patch[], jobs: StoredJob[]): Patch[] {
  const names = new Set(jobs.flatMap(({ request }) => request.packages.map(({ name }) => name)))
  return available.map((patch) =>
    patch.affected_packages.some((name) => names.has(name))
      ? { ...patch, status: 'pending' }
      : patch,
  )
}

/** What jobs of ours applied and the package manager does not offer again, as after a downgrade. */
function appliedBefore(available: Patch[], jobs: StoredJob[]): Patch[] {
  const taken = new Set(available.map(({ id }) => id))
  const applied: Patch[] = []
  for (const job of jobs)
    for (const patch of job.patches)
      if (!taken.has(patch.id) && wasApplied(patch, job)) {
        taken.add(patch.id)
        applied.push({ ...patch, status: 'applied' })
      }
  return applied
}

function wasApplied({ affected_packages }: Patch, { result }: StoredJob): boolean {
  const changes = result?.changes.filter(({ name }) => affected_packages.includes(name)) ?? []
  return changes.length > 0 && changes.every(({ outcome }) => outcome === 'done')
}
