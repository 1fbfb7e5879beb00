import type { BlockedBy } from '@linux-patch/shared/package'
import { readName, type Installed } from './installed.ts'
import type { Known, Update } from './known.ts'

/** Why an update is not installed with the others. */
export function blockedBy(
  installed: Installed,
  { taken, excluded }: Update,
  { locks, problem }: Pick<Known, 'locks' | 'problem'>,
): BlockedBy | null {
  if (excluded && isLocked(installed, locks))
    return { reason: 'held', detail: 'An administrator of this host has locked its version.' }
  if (excluded)
    return { reason: 'excluded', detail: 'An administrator of this host has excluded it.' }
  if (taken) return null
  const why = reasonFor(readName(installed.name).plain, problem)
  return {
    reason: 'kept_back',
    detail:
      why ?? 'dnf keeps it back: what it needs cannot be installed, or does not go with what is.',
  }
}

/** A lock is a name, with a version or without: `lab-held-1:1.0-1.*`, `lab-held`. */
export const isLocked = ({ plain }: Pick<Installed, 'plain'>, locks: string[]) =>
  locks.some(
    (lock) =>
      lock === plain || (lock.startsWith(`${plain}-`) && /^\d/.test(lock.slice(plain.length + 1))),
  )

/**
 * Reads what dnf says of all it cannot do, and finds what is about one package:
 *
 *      Problem 1: cannot install the best update candidate for package lab-keptback-1.0-1.noarch
 *       - nothing provides lab-does-not-exist needed by lab-keptback-2.0-1.noarch
 */
export function reasonFor(name: string, problem: string): string | null {
  const about = problem.split(/^ *Problem(?: \d+)?: /m).find((part) => part.includes(`${name}-`))
  if (!about) return null
  const reasons = about
    .split('\n')
    .map((line) => line.replace(/^ *- /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('cannot install'))
  return reasons.length === 0 ? null : `dnf keeps it back: ${reasons.join('; ')}.`
}
