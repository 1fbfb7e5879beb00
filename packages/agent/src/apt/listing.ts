import type { Package } from '@linux-patch/shared/package'
import { toRow } from '../alike.ts'
import type { Listing } from '../package-manager.ts'
import { blockedBy, type Solution } from './blocked.ts'
import type { Installed } from './installed.ts'
import { dependencyNames } from './relations.ts'
import { remember } from './remember.ts'
import type { Solver } from './solver.ts'
import type { Known } from './updates.ts'

/** What is known of a host's packages, and what apt would do about them as far as it has told. */
export type Seen = Pick<Known, 'updates'> & { solution?: Solution | null }

/**
 * The list, made anew only when something in it has changed. It waits for nothing: what apt keeps back is said as
 * soon as apt has found out, which takes a second after each change.
 */
export function lister(solver: Pick<Solver, 'soFar'>): (known: Known) => Listing {
  const list = remember(({ known, solution }: { known: Known; solution: Solution | null }) =>
    toListing({ ...known, solution }),
  )
  return (known) => list({ known, solution: solver.soFar(known) })
}

export const toListing = (known: Known & Seen): Listing => ({
  packages: known.installed.map((installed) => ({
    ...common(installed, known),
    dependencies: dependencyNames(installed),
  })),
  lists_updated_at: known.lists_updated_at,
  // Only whoever asks for new lists learns why they did not come.
  lists_failure: null,
})

export const common = (
  installed: Installed,
  { updates, solution = null }: Seen,
): Omit<Package, 'dependencies'> =>
  toRow(installed, updates, {
    isSecurity: ({ security }) => security,
    blockedBy: (update) => blockedBy(installed, update, solution),
  })
