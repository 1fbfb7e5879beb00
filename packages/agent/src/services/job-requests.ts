import type { Answer, Input } from '@linux-patch/shared/contract'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import { Failure } from '@linux-patch/shared/failure'
import type { Package } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'
import { noLists, type PackageManager, type TransactionRequest } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'

/** What a job shall do, and what of the patches it was asked for it is about. */
export type Prepared = { request: TransactionRequest; patches: Patch[] }

export function toInstall({ packages, options }: Input<AgentApi['installPackages']>): Prepared {
  refuseTwoVersions(packages)
  return {
    request: { operation: 'install', packages, exclude_packages: [], ...options },
    patches: [],
  }
}

function refuseTwoVersions(packages: TransactionRequest['packages']) {
  const versions = new Map(packages.map(({ name, version }) => [name, version]))
  const twice = packages.find(({ name, version }) => versions.get(name) !== version)
  if (twice)
    throw new Failure('INVALID_REQUEST', `${twice.name} is named twice, with two versions.`)
}

export const toUpdate = (input: Input<AgentApi['updatePackage']>): Prepared => {
  const { name, version, options } = input
  const packages = [{ name, version }]
  return {
    request: { operation: 'update', packages, exclude_packages: [], ...options },
    patches: [],
  }
}

/** None named means all that nothing holds back. Nothing left to do is a job that does nothing, no failure. */
export async function toPatchApply(
  { patches: ids, options }: Input<AgentApi['applyPatches']>,
  packageManager: PackageManager,
): Promise<Prepared> {
  const [available, listing] = await Promise.all([packageManager.patches(), packageManager.list()])
  if (listing.lists_updated_at === null) throw noLists()
  const chosen =
    ids.length === 0
      ? available.filter(({ blocked_by }) => blocked_by === null)
      : named(ids, available)
  const exclude_packages = plainNames(options.exclude_packages, listing.packages)
  const names = new Set(chosen.flatMap(({ affected_packages }) => affected_packages))
  const packages = [...names]
    .filter((name) => !exclude_packages.includes(name))
    .map((name) => ({ name, version: null }))

  const plain = { force: false, no_recommends: false, allow_downgrade: false }
  const patches = chosen.filter(({ affected_packages }) =>
    affected_packages.some((name) => !exclude_packages.includes(name)),
  )
  return { request: { operation: 'patch_apply', packages, exclude_packages, ...plain }, patches }
}

/** Only a foreign package is known with its architecture: `openssl:amd64` and `bash:all` are openssl and bash here. */
function plainNames(names: string[], packages: Pick<Package, 'name' | 'architecture'>[]): string[] {
  const isOwn = ({ name, architecture }: Pick<Package, 'name' | 'architecture'>) =>
    architecture !== 'all' && !name.includes(':')
  const plain = ['all', 'native', packages.find(isOwn)?.architecture]
  return names.map((full) => {
    const [name = '', architecture] = full.split(':')
    return architecture !== undefined && plain.includes(architecture) ? name : full
  })
}

function named(ids: string[], available: Patch[]): Patch[] {
  const unknown = ids.filter((id) => !available.some((patch) => patch.id === id))
  if (unknown.length === 0) return available.filter(({ id }) => ids.includes(id))
  throw new Failure(
    'PATCH_NOT_FOUND',
    `This host has no available patch ${unknown.join(', ')}; it may be applied or replaced already.`,
    { details: { patches: unknown } },
  )
}

const started = ({ job_id, status, created_at }: StoredJob) => ({ job_id, status, created_at })

export const installAnswer = (job: StoredJob): Answer<AgentApi['installPackages']> => ({
  ...started(job),
  operation: 'install',
  packages: job.request.packages.map(({ name }) => name),
})

export const updateAnswer = (job: StoredJob): Answer<AgentApi['updatePackage']> => ({
  ...started(job),
  operation: 'update',
  package: job.request.packages[0]?.name ?? '',
  target_version: job.request.packages[0]?.version ?? '',
})

export const patchApplyAnswer = (job: StoredJob): Answer<AgentApi['applyPatches']> => ({
  ...started(job),
  operation: 'patch_apply',
  patches_count: job.patches.length,
  requires_reboot: job.patches.some(({ requires_reboot }) => requires_reboot),
  auto_reboot: false,
})
