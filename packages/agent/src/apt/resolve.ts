import { Failure } from '@linux-patch/shared/failure'
import { PackageName } from '@linux-patch/shared/package'
import type { TransactionRequest, Wanted } from '../package-manager.ts'
import { isExactVersion } from './arguments.ts'
import type { Installed } from './installed.ts'
import type { Policy } from './policy.ts'
import { isNewer } from './versions.ts'

/** What the host has, and what apt knows of the names that were asked for. */
export type Database = { installed: Map<string, Installed>; policies: Map<string, Policy> }

/** Every name becomes one exact version that an archive offers for a package that exists as it is spelt. */
export function resolvePackages(request: TransactionRequest, database: Database): Wanted[] {
  return withoutExcluded(request).map((wanted) => resolveOne(wanted, request, database))
}

/** What apt calls the installed packages, beside the archives. */
const DATABASE = '/var/lib/dpkg/status'

export const withoutExcluded = ({ packages, exclude_packages }: TransactionRequest): Wanted[] =>
  packages.filter(({ name }) => !exclude_packages.includes(name))

function resolveOne(wanted: Wanted, request: TransactionRequest, database: Database): Wanted {
  const { name } = wanted
  const policy = findPolicy(name, database)
  const installed = database.installed.get(name)
  const present = installed?.status === 'residual' ? undefined : installed
  if (request.operation !== 'install' && !present)
    throw new Failure('PKG_NOT_FOUND', `${name} is not installed on this host.`)

  const version = wanted.version ?? newest(policy, present, request.allow_downgrade)
  const known = policy.versions.find((offer) => offer.version === version)
  if (!known || !isExactVersion(version))
    throw new Failure('PKG_VERSION_CONFLICT', `No archive of this host offers ${name} ${version}.`)
  if (present) checkMove(present, version, request.allow_downgrade)
  // apt would have nothing to install again, and do nothing.
  if (request.force && !known.archives.some((archive) => archive !== DATABASE))
    throw new Failure(
      'PKG_VERSION_CONFLICT',
      `${name} ${version} is installed, and no archive of this host has it to install it again.`,
    )
  return { name, version }
}

function checkMove({ name, version, held }: Installed, wanted: string, allowDowngrade: boolean) {
  if (isNewer(version, wanted) && !allowDowngrade)
    throw new Failure(
      'PKG_VERSION_CONFLICT',
      `${name} ${version} is installed; ${wanted} is older, and downgrades were not allowed.`,
    )
  if (held && wanted !== version)
    throw new Failure(
      'PKG_DEPENDENCY_ERROR',
      `${name} is on hold on this host; an administrator must release it first.`,
    )
}

/** Asked for `fo.o` or `foo-`, apt-cache answers with every package that matches: only the exact name counts. */
function findPolicy(name: string, { policies }: Database): Policy {
  const policy = PackageName.safeParse(name).success ? policies.get(name) : undefined
  if (!policy) throw new Failure('PKG_NOT_FOUND', `No archive of this host has a package ${name}.`)
  if (policy.versions.length === 0)
    throw new Failure(
      'PKG_NOT_FOUND',
      `${name} is not a package but a name that other packages provide: choose one of them.`,
    )
  return policy
}

/** What apt would take; where a pin makes that older than what is there, it stays as it is. */
function newest({ candidate }: Policy, present: Installed | undefined, allowDowngrade: boolean) {
  const keep =
    present && (candidate === null || (isNewer(present.version, candidate) && !allowDowngrade))
  return keep ? present.version : (candidate ?? '')
}
