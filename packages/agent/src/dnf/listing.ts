import type { Package } from '@linux-patch/shared/package'
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

/** What a package's row in the list and its own page both say. */
export function common(installed: Installed, known: Known): Omit<Package, 'dependencies'> {
  const { name, version, architecture, status, description } = installed
  const { size_bytes, installed_at, maintainer } = installed
  const { updates, advised } = known
  const update = updates?.get(name)
  return {
    name,
    version,
    architecture,
    status,
    description,
    size_bytes,
    installed_at,
    maintainer,
    upgradable: updates ? update !== undefined : null,
    available_version: update?.version ?? null,
    security: updates ? (update ? isSecurity(installed, update, advised) : false) : null,
    blocked_by: update ? blockedBy(installed, update, known) : null,
  }
}
