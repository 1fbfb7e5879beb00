import type { Installed } from './installed.ts'
import { isOptional, isSecurity, type Offer, type Policy, type Releases } from './policy.ts'
import { findPreference, type Preference } from './preferences.ts'
import type { Update } from './updates.ts'
import { isNewer } from './versions.ts'

/** What apt gives an archive that nobody has pinned: the target release, most, backports, experimental. */
const unpinned = new Set([990, 500, 100, 1])

type Deps = { releases: Releases; preferences: Preference[] }

/** The update that would be there if no administrator's pin preferred an older version, or refused the new one. */
export function findPinned(
  installed: Installed,
  { candidate, versions }: Policy,
  { releases, preferences }: Deps,
): Update | undefined {
  const newer = versions.filter(({ version }) => isNewer(version, installed.version))
  const wanted = newer.find((offer) => isMeantFor(offer, releases))
  const kept = versions.find(({ version }) => version === (candidate ?? installed.version))
  const pin = [wanted, kept].find((offer) => offer !== undefined && isPinned(offer))
  if (!wanted || !pin) return undefined

  const file = findPreference(preferences, installed, pin.priority)?.file ?? 'A preference'
  const between = newer.filter(({ version }) => !isNewer(version, wanted.version))
  return {
    version: wanted.version,
    security: between.some((offer) => offer.archives.some((name) => isSecurity(name, releases))),
    phased_percent: wanted.phased_percent,
    pinned: `${file} gives ${pin.version} the priority ${pin.priority}, so ${installed.version} stays.`,
  }
}

const isPinned = ({ priority, archive_priority }: Offer) =>
  priority !== archive_priority || !unpinned.has(archive_priority)

/** Whether apt would take it by itself, were there no pins. */
const isMeantFor = ({ archive_priority, archives }: Offer, releases: Releases) =>
  (archive_priority >= 500 || !unpinned.has(archive_priority)) &&
  archives.some((name) => !isOptional(name, releases))
