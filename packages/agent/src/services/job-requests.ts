import type { Input } from '@linux-patch/shared/contract'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import { Failure } from '@linux-patch/shared/failure'
import type { Package } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'
import {
  noLists,
  nothingAsked,
  type PackageManager,
  type TransactionRequest,
} from '../package-manager.ts'
import type { RebootOptions, StoredJob } from '../store/job-row.ts'

/** What a job shall do, and what of the patches it was asked for it is about. */
export type Prepared = {
  /** Null where no package is touched. */
  request: TransactionRequest | null
  /** The packages it is about, where its request does not name them as they are called. */
  names?: string[]
  patches?: Patch[]
  reboot?: RebootOptions | null
  expected_digest?: string | undefined
  original_job_id?: string
  scheduled_at?: string
  /** Refuses once more, in the moment in which the job is made: what was so may have changed while others were asked. */
  confirm?: () => void
}

type Install = Pick<Input<AgentApi['installPackages']>, 'packages' | 'options'>
export function toInstall({ packages, options }: Install): TransactionRequest {
  refuseTwoVersions(packages)
  return { ...nothingAsked, ...options, operation: 'install', packages }
}

function refuseTwoVersions(packages: TransactionRequest['packages']) {
  const versions = new Map(packages.map(({ name, version }) => [name, version]))
  const twice = packages.find(({ name, version }) => versions.get(name) !== version)
  if (twice)
    throw new Failure('INVALID_REQUEST', `${twice.name} is named twice, with two versions.`)
}

type Update = Pick<Input<AgentApi['updatePackage']>, 'name' | 'version' | 'options'>
export const toUpdate = ({ name, version, options }: Update): TransactionRequest => ({
  ...nothingAsked,
  ...options,
  operation: 'update',
  packages: [{ name, version }],
})

type Remove = Input<AgentApi['removePackage']>
export const toRemove = ({ name, purge, force }: Remove): TransactionRequest => ({
  ...nothingAsked,
  operation: 'remove',
  remove: [name],
  purge,
  force,
})

type Apply = Pick<Input<AgentApi['applyPatches']>, 'patches' | 'options'>
type Applying = { request: TransactionRequest; patches: Patch[] }

/** None named means all that nothing holds back. Nothing left to do is a job that does nothing, no failure. */
export async function toPatchApply(
  { patches: ids, options }: Apply,
  packageManager: PackageManager,
): Promise<Applying> {
  const [patches, listing] = await Promise.all([packageManager.patches(), packageManager.list()])
  if (listing.lists_updated_at === null) throw noLists()
  const available = patches.filter(({ status }) => status === 'available')
  const chosen =
    ids.length === 0
      ? available.filter(({ blocked_by }) => blocked_by === null)
      : named(ids, available)
  const exclude_packages = plainNames(options.exclude_packages, listing.packages)
  const isWanted = (name: string) => !exclude_packages.includes(name)
  const names = new Set(chosen.flatMap(({ affected_packages }) => affected_packages))
  const packages = [...names].filter(isWanted).map((name) => ({ name, version: null }))
  return {
    request: { ...nothingAsked, operation: 'patch_apply', packages, exclude_packages },
    patches: chosen.filter(({ affected_packages }) => affected_packages.some(isWanted)),
  }
}

/** A reboot that was asked for with the patches comes as long after them. */
export const rebootOf = ({ options }: Apply): RebootOptions | null => {
  if (!options.reboot) return null
  const delay_seconds = options.reboot_delay_minutes * 60
  return { delay_seconds, reason: 'patches that need it', at_any_risk: false }
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

export const started = ({ job_id, status, created_at }: StoredJob) => ({
  job_id,
  status,
  created_at,
})
