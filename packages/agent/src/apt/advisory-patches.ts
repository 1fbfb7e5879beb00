import type { Patch } from '@linux-patch/shared/patch'
import type { Advisory } from '../advisories/advisory.ts'
import { matchAdvisories, type HostPackage, type Match } from '../advisories/match.ts'
import { earlierSources, type Earlier } from './earlier.ts'
import { affectedBy, type Pending } from './pending.ts'
import { restartsHost } from './reboot.ts'
import type { Known } from './updates.ts'
import { compareVersions } from './versions.ts'

/** What of a host's past, and of its make, decides which advisories are about it. */
export type Past = { ecosystems: string[]; earlier: Earlier; booted_at: Date | null }

/** The advisories that are about this host, and the names of the packages whose updates they account for. */
export function findAdvised(
  advisories: Advisory[],
  known: Known,
  { pending, past }: { pending: Pending[]; past: Past },
): { patches: Patch[]; claimed: Set<string> } {
  const byName = new Map(pending.map((one) => [one.installed.name, one]))
  const matches = matchAdvisories(advisories, {
    packages: toHostPackages(known, byName, past),
    ecosystems: past.ecosystems,
    compare: compareVersions,
    restartsHost,
  })
  const claimed = new Set(
    matches.filter(({ status }) => status === 'available').flatMap(({ packages }) => packages),
  )
  return { patches: matches.map((match) => toPatch(match, byName)), claimed }
}

function toHostPackages(
  { installed }: Known,
  pending: Map<string, Pending>,
  { earlier, booted_at }: Past,
): HostPackage[] {
  const present = installed.filter(({ status }) => status !== 'residual')
  return present.map((one) => ({
    name: one.name,
    source: one.source,
    version: one.source_version,
    offered: pending.get(one.name)?.source_version ?? null,
    earlier: earlierSources(earlier, one),
    isNew:
      booted_at !== null && one.installed_at !== null && new Date(one.installed_at) > booted_at,
  }))
}

/** What a page shows of an advisory; whoever wants all of it knows its name. */
const MOST_WORDS = 4000

function toPatch({ advisory, status, packages }: Match, pending: Map<string, Pending>): Patch {
  const { id, summary, description, severity, cve_ids, published_at } = advisory
  const group = packages.flatMap((name) => pending.get(name) ?? [])
  const { affected_packages, blocked_by } =
    status === 'available' ? affectedBy(group) : { affected_packages: packages, blocked_by: null }
  return {
    id,
    name: (summary || id).slice(0, 300),
    severity: severity ?? 'medium',
    severity_source: severity ? 'advisory' : 'default',
    security: true,
    status,
    published_date: published_at,
    description: (description || summary || id).slice(0, MOST_WORDS),
    cve_ids,
    affected_packages,
    requires_reboot: advisory.requires_reboot || affected_packages.some(restartsHost),
    blocked_by,
  }
}
