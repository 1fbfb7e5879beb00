import type { Command, Damage, PackageState, Snapshot } from '../package-manager.ts'
import { nevraOf, type Installed, type State } from './installed.ts'
import { command } from './program.ts'

/** What an interrupted transaction left: two versions of one package, scriptlets that failed or never ran. */
export function toDamage(
  installed: Installed[],
  { unfinished }: Pick<State, 'unfinished'>,
): Damage {
  const halfWay = installed.filter((one) => unfinished.includes(nevraOf(one)))
  return {
    interrupted: unfinished.length > 0,
    broken_packages: installed.filter(({ status }) => status === 'broken').map(({ name }) => name),
    half_unpacked: halfWay.map(({ name }) => name),
  }
}

/** Goes on to the versions that were on their way. */
export function repairCommands(damage: Damage): Command[] {
  const { interrupted, broken_packages, half_unpacked = [] } = damage
  if (!interrupted && broken_packages.length === 0) return []
  const again = [...new Set([...broken_packages, ...half_unpacked])]
  return [command('repair', { comment: 'Linux Patch Manager, repair', weak: false, again })]
}

/** A kernel is in it by its full name too: by that one it goes, and leaves its name to the one before it. */
export const toSnapshot = (installed: Installed[]): Snapshot =>
  Object.fromEntries(
    installed.flatMap(({ name, beside, version, status, automatic }) => {
      const now: PackageState = { version, state: status, automatic }
      return [name, ...(beside === null ? [] : [beside])].map((key) => [key, now])
    }),
  )
