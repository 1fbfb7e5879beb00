import type { BlockedBy, Package } from '@linux-patch/shared/package'
import type { Listing } from '../package-manager.ts'
import type { Installed } from './installed.ts'
import { dependencyNames } from './relations.ts'
import type { Known, Update } from './updates.ts'

export const toListing = (known: Known): Listing => ({
  packages: known.installed.map((installed) => ({
    ...common(installed, known),
    dependencies: dependencyNames(installed),
  })),
  lists_updated_at: known.lists_updated_at,
  // Only whoever asks for new lists learns why they did not come.
  lists_failure: null,
})

/** What a package's row in the list and its own page both say. */
export function common(
  installed: Installed,
  { updates }: Pick<Known, 'updates'>,
): Omit<Package, 'dependencies'> {
  const { name, version, architecture, status, description } = installed
  const { size_bytes, installed_at, maintainer } = installed
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
    security: updates ? (update?.security ?? false) : null,
    blocked_by: update ? blockedBy(installed, update) : null,
  }
}

export function blockedBy({ held }: Installed, { phased_percent }: Update): BlockedBy | null {
  if (held) return { reason: 'held', detail: 'An administrator of this host has put it on hold.' }
  if (phased_percent === null || phased_percent >= 100) return null
  return {
    reason: 'phased',
    detail: `Its archive offers this version to ${phased_percent} of 100 hosts so far.`,
  }
}
