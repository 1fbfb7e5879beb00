import type { Package } from '@linux-patch/shared/package'
import { toRow } from '../alike.ts'
import type { Listing } from '../package-manager.ts'
import { blockedBy } from './blocked.ts'
import type { Installed } from './installed.ts'
import type { Known } from './known.ts'
import { needsOf, providersOf } from './relations.ts'
import { isSecurity } from './security.ts'

export function toListing(known: Known): Listing {
  const providers = providersOf(known.installed)
  return {
    packages: known.installed.map((installed) => ({
      ...common(installed, known),
      dependencies: needsOf(installed, providers),
    })),
    lists_updated_at: known.lists_updated_at,
    // Only whoever asks for new lists learns why they did not come.
    lists_failure: null,
  }
}

export const common = (installed: Installed, known: Known): Omit<Package, 'dependencies'> =>
  toRow(installed, known.updates, {
    isSecurity: (update) => isSecurity(installed, update, known.advised),
    blockedBy: (update) => blockedBy(installed, update, known),
  })
