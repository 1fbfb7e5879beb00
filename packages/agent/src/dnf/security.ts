import { readName, type Installed } from './installed.ts'
import type { Known, Update } from './known.ts'
import type { Fixed, RepositoryAdvisory } from './updateinfo.ts'
import { isNewer } from './versions.ts'

/** The advisories that an update of a package accounts for: what they fix is newer than what is installed. */
export function advisoriesAbout(
  installed: Installed,
  update: Update,
  advised: Known['advised'],
): RepositoryAdvisory[] {
  const isAbout = (fixed: Fixed) =>
    (fixed.name === installed.plain
      ? isNewer(fixed.version, installed.version)
      : update.replaced_by.some(({ name }) => name === fixed.name)) &&
    fitsTo(fixed.arch, installed) &&
    !isNewer(fixed.version, update.version)
  const byId = new Map<string, RepositoryAdvisory>()
  for (const advisories of advised.values())
    for (const one of advisories) if (one.packages.some(isAbout)) byId.set(one.id, one)
  return [...byId.values()]
}

/** A package may become independent of its architecture from one version to the next. */
const fitsTo = (arch: string, { name, architecture }: Installed) =>
  arch === architecture ||
  (readName(name).arch === null && (arch === 'noarch' || architecture === 'noarch'))

/** Null where its repository has nothing to say about its updates: that is not to say "no". */
export function isSecurity(
  installed: Installed,
  update: Update,
  advised: Known['advised'],
): boolean | null {
  const about = advisoriesAbout(installed, update, advised)
  if (about.some(({ type }) => type === 'security')) return true
  return about.length > 0 || advised.has(update.repository) ? false : null
}

/** Whether a package that is not installed yet belongs to what closes a hole, as one that an update needs anew. */
export const comesForSecurity = (
  coming: Pick<Fixed, 'name' | 'version' | 'arch'>,
  advised: Known['advised'],
): boolean =>
  [...advised.values()]
    .flat()
    .some(
      ({ type, packages }) =>
        type === 'security' &&
        packages.some(
          ({ name, version, arch }) =>
            name === coming.name && version === coming.version && arch === coming.arch,
        ),
    )
