import { Failure } from '@linux-patch/shared/failure'
import { PackageName } from '@linux-patch/shared/package'
import type { TransactionRequest, Wanted } from '../package-manager.ts'
import { isLocked } from './blocked.ts'
import { nameOf, nevraOf, readName, type Installed } from './installed.ts'
import type { Known } from './known.ts'
import type { Ask, Offer } from './program.ts'
import { compareVersions, isNewer } from './versions.ts'

type Database = {
  installed: Map<string, Installed>
  ask: Ask
} & Pick<Known, 'updates' | 'locks'>

/** Every name becomes one exact version that a repository offers for a package that exists as it is spelt. */
export async function resolve(
  request: TransactionRequest,
  { installed, ask, updates, locks }: Database,
): Promise<TransactionRequest> {
  const remove = removalOf(request, { installed, locks })
  if (request.operation === 'rollback') return resolveRollback({ ...request, remove }, installed)
  const wanted = request.packages.filter(({ name }) => !request.exclude_packages.includes(name))
  const names = wanted.map(({ name }) => readName(name).plain).filter(isName)
  const offers = names.length > 0 ? await ask('offers', { names }) : []
  return {
    ...request,
    remove,
    packages: wanted.flatMap(
      (one) => heirsOf(one, request, updates) ?? [resolveOne(one, request, { installed, offers })],
    ),
  }
}

/** What comes in the place of a package whose name is no more. */
function heirsOf(
  { name, version }: Wanted,
  { operation }: TransactionRequest,
  updates: Known['updates'],
): Wanted[] | undefined {
  const update = updates?.get(name)
  const isAsked = operation !== 'install' && (version === null || version === update?.version)
  if (!update || update.replaced_by.length === 0 || update.excluded || !isAsked) return undefined
  return update.replaced_by.map((heir) => ({ name: nameOf(heir), version: heir.version }))
}

const isName = (name: string) => PackageName.safeParse(name).success

function removalOf(
  request: TransactionRequest,
  { installed, locks }: Pick<Database, 'installed' | 'locks'>,
): string[] {
  const { operation, remove, exclude_packages } = request
  // A rollback takes away what its job brought, if it is still there; nothing but a removal names any other.
  if (operation === 'rollback') return remove.filter((name) => installed.has(name))
  if (operation !== 'remove') return []
  const names = [...new Set(remove.filter((name) => !exclude_packages.includes(name)))]
  for (const name of names) {
    const found = installed.get(name)
    if (!found) throw new Failure('PKG_NOT_FOUND', `${name} is not installed on this host.`)
    // dnf itself would let it go: its lock is about other versions alone.
    if (isLocked(found, locks))
      throw new Failure(
        'PKG_DEPENDENCY_ERROR',
        `${name} is locked on this host; an administrator must release it first.`,
      )
  }
  return names
}

/** Where an older version still lives beside the newer one, as a kernel does, the newer one goes. */
function resolveRollback(request: TransactionRequest, installed: Map<string, Installed>) {
  const beside = request.packages.filter(({ name, version }) => {
    const newest = installed.get(name)
    return (
      newest &&
      newest.version !== version &&
      [...installed.values()].some((one) => one.plain === newest.plain && one.version === version)
    )
  })
  return {
    ...request,
    packages: request.packages.filter((one) => !beside.includes(one)).map(toPlain),
    remove: [...new Set([...request.remove, ...beside.map(({ name }) => name)])],
  }
}

/** A kernel that went is known by its full name. */
function toPlain({ name, version }: Wanted): Wanted {
  const suffix = `-${version?.replace(/^\d+:/, '')}`
  return { name: name.endsWith(suffix) ? name.slice(0, -suffix.length) : name, version }
}

type Found = { installed: Map<string, Installed>; offers: Offer[] }

function resolveOne(wanted: Wanted, request: TransactionRequest, found: Found): Wanted {
  const { name } = wanted
  const present = found.installed.get(name)
  if (request.operation !== 'install' && !present)
    throw new Failure('PKG_NOT_FOUND', `${name} is not installed on this host.`)

  const offers = offersOf(name, found)
  const offer = wanted.version === null ? newest(offers, present, request) : exact(offers, wanted)
  const locked = present && wanted.version === null ? lockedOut(offers, present) : undefined
  if (locked && (!offer || offer.version === present?.version)) throw refuseExcluded(name, locked)
  if (!offer) return stay(wanted, present, request)
  if (present) checkMove(present, offer.version, request.allow_downgrade)
  if (offer.excluded) throw refuseExcluded(name, offer)
  return { name, version: offer.version }
}

const refuseExcluded = (name: string, { version }: Offer) =>
  new Failure(
    'PKG_DEPENDENCY_ERROR',
    `${name} ${version} is locked out or excluded on this host; an administrator must allow it first.`,
  )

/** The update that there would be, if an administrator had not forbidden it. */
const lockedOut = (offers: Offer[], { version }: Installed) =>
  offers.find((offer) => offer.excluded && isNewer(offer.version, version))

function offersOf(name: string, { installed, offers }: Found): Offer[] {
  const { plain, arch } = readName(name)
  const fits = (offer: Offer) =>
    offer.name === plain && (arch === null ? !isForeign(offer, offers) : offer.arch === arch)
  const found = offers.filter(fits)
  if (found.length > 0 || installed.has(name)) return found
  throw new Failure('PKG_NOT_FOUND', `No repository of this host has a package ${name}.`)
}

/** Of a library that is offered for 32 and 64 bits, the plain name means the one of 64. */
const isForeign = ({ arch, name }: Offer, offers: Offer[]) =>
  /^i[3-6]86$/.test(arch) && offers.some((one) => one.name === name && one.arch === 'x86_64')

const exact = (offers: Offer[], { version }: Wanted) =>
  offers.find((offer) => offer.version === version)

/** What dnf would take; where all that is offered is older than what is there, it stays as it is. */
function newest(offers: Offer[], present: Installed | undefined, request: TransactionRequest) {
  const free = offers.filter(({ excluded }) => !excluded)
  const best = (free.length > 0 || present ? free : offers)
    .toSorted((a, b) => compareVersions(a.version, b.version))
    .at(-1)
  if (!best || !present || request.allow_downgrade) return best
  return isNewer(present.version, best.version) ? undefined : best
}

/** Nothing better is offered: what is there is what it is to be. */
function stay(
  { name, version }: Wanted,
  present: Installed | undefined,
  request: TransactionRequest,
) {
  const isThere = present && (version === null || version === present.version)
  if (isThere && !request.force) return { name, version: present.version }
  throw new Failure(
    'PKG_VERSION_CONFLICT',
    `No repository of this host offers ${isThere ? nevraOf(present) : [name, version].join(' ').trim()}.`,
  )
}

function checkMove({ name, version }: Installed, wanted: string, allowDowngrade: boolean) {
  if (isNewer(version, wanted) && !allowDowngrade)
    throw new Failure(
      'PKG_VERSION_CONFLICT',
      `${name} ${version} is installed; ${wanted} is older, and downgrades were not allowed.`,
    )
}
