import type { Answer, Input } from '@linux-patch/shared/contract'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Package, PackageDetail } from '@linux-patch/shared/package'
import { cut, sortBy, type SortKey } from '@linux-patch/shared/page'
import type { PackageManager } from '../package-manager.ts'
import type { ListStore } from '../store/lists.ts'
import { freshness } from './freshness.ts'
import { matchesGlob } from './glob.ts'

type ListInput = Input<AgentApi['listPackages']>
type Deps = { packageManager: PackageManager; lists: Pick<ListStore, 'failure'> }

export const packageService = ({ packageManager, lists }: Deps) => ({
  async list(input: ListInput): Promise<Answer<AgentApi['listPackages']>> {
    const listing = await packageManager.list()
    const { packages } = listing
    const found = packages.filter((one) => hasStatus(one, input.status) && isNamed(one, input.name))
    const sorted = sortBy(found, sortKeys[input.sort], input.order)
    const { limit, offset } = input
    const page = { packages: cut(sorted, input), total: found.length, limit, offset }
    return { ...page, ...freshness(listing, lists) }
  },

  get: ({ name }: Input<AgentApi['getPackage']>): Promise<PackageDetail> =>
    packageManager.get(name),
})

const sortKeys: Record<ListInput['sort'], (one: Package) => SortKey> = {
  name: ({ name }) => name,
  version: ({ version }) => version,
  size: ({ size_bytes }) => size_bytes,
}

function hasStatus({ status, upgradable }: Package, wanted: ListInput['status']): boolean {
  if (wanted === 'all') return true
  return wanted === 'upgradable' ? upgradable === true : status !== 'residual'
}

/** `libc6:amd64` finds the host's own libc6 too, whose name carries no architecture. */
function isNamed({ name, architecture }: Package, wanted: string | undefined): boolean {
  if (wanted === undefined) return true
  const full = name.includes(':') ? name : `${name}:${architecture}`
  return matchesGlob(name, wanted) || (wanted.includes(':') && matchesGlob(full, wanted))
}
