import type { Damage, PackageState, Snapshot } from '../package-manager.ts'
import type { Installed, State } from './installed.ts'

/** What an interrupted transaction left: two versions of one package, scriptlets that failed or never ran. */
export const toDamage = (
  installed: Installed[],
  { unfinished }: Pick<State, 'unfinished'>,
): Damage => ({
  interrupted: unfinished.length > 0,
  broken_packages: installed.filter(({ status }) => status === 'broken').map(({ name }) => name),
})

export const isDamaged = ({ interrupted, broken_packages }: Damage): boolean =>
  interrupted || broken_packages.length > 0

/** Goes on to the versions that were on their way. What needs it, it finds out once nobody else is at it. */
export const repairing = { comment: 'Linux Patch Manager, repair', weak: false }

/** A kernel is in it by its full name too: by that one it goes, and leaves its name to the one before it. */
export const toSnapshot = (installed: Installed[]): Snapshot =>
  Object.fromEntries(
    installed.flatMap(({ name, beside, version, status, automatic }) => {
      const now: PackageState = { version, state: status, automatic }
      return [name, ...(beside === null ? [] : [beside])].map((key) => [key, now])
    }),
  )
