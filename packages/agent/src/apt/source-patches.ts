import type { Patch, Severity } from '@linux-patch/shared/patch'
import type { ChangelogEntry } from './changelog.ts'
import { affectedBy, type Pending } from './pending.ts'
import { restartsHost } from './reboot.ts'
import { isNewer, withoutEpoch } from './versions.ts'

/** The packages of one source that move together, and from which of its versions to which. */
export type SourceGroup = { source: string; from: string; to: string; members: Pending[] }

/**
 * Updates that no advisory is about, by source package and version of it, because its binary packages belong
 * together and are fixed together. What they are called is the same on every host.
 */
export function groupBySource(pending: Pending[]): SourceGroup[] {
  const groups = Map.groupBy(pending, (one) => `${one.source}=${move(one).to}`)
  return [...groups.values()].flatMap((members) =>
    members.slice(0, 1).map((first) => ({ source: first.source, ...move(first), members })),
  )
}

/** A rebuild of the same source is an update all the same; only the binary version tells them apart. */
function move({ installed, update, source, source_version }: Pending) {
  return source === installed.source && source_version === installed.source_version
    ? { from: installed.version, to: update.version }
    : { from: installed.source_version, to: source_version }
}

export function toSourcePatch(group: SourceGroup, changelog: ChangelogEntry[]): Patch {
  const { source, from, to, members } = group
  const security = members.some(({ update }) => update.security)
  const { affected_packages, blocked_by } = affectedBy(members)
  const news = changelog.filter(
    (entry) =>
      entry.source === source && isNewer(entry.version, from) && !isNewer(entry.version, to),
  )
  return {
    id: patchId(security, source, to),
    name: `${source} ${to}`,
    ...severityOf(security, news),
    security,
    status: 'available',
    published_date: news[0]?.published_at ?? null,
    description: `${security ? 'Security update' : 'Update'} of ${source} from ${from} to ${to}`,
    cve_ids: [...new Set(news.flatMap(({ cve_ids }) => cve_ids))],
    affected_packages,
    requires_reboot: affected_packages.some(restartsHost),
    blocked_by,
  }
}

const urgent: Record<string, Severity> = {
  emergency: 'critical',
  critical: 'critical',
  high: 'high',
}

/**
 * The archive says that it is about security and no more. Whoever made the update may say that it is urgent; that it
 * is not says nothing, because `medium` is what the tools write by themselves, and Ubuntu under everything.
 */
function severityOf(
  security: boolean,
  news: ChangelogEntry[],
): Pick<Patch, 'severity' | 'severity_source'> {
  const rated = news.map(({ urgency }) => urgent[urgency])
  const worst = (['critical', 'high'] as const).find((one) => rated.includes(one))
  if (security && worst) return { severity: worst, severity_source: 'changelog' }
  if (security) return { severity: 'high', severity_source: 'archive' }
  // A point release carries fixes for holes too, and its changelog is where that is said.
  const fixes = news.some(({ cve_ids }) => cve_ids.length > 0)
  return { severity: 'medium', severity_source: fixes ? 'changelog' : 'default' }
}

const patchId = (security: boolean, source: string, version: string) =>
  `${security ? 'SEC' : 'UPD'}-${source}-${withoutEpoch(version)}`.replaceAll(
    /[^A-Za-z0-9.+~_-]/g,
    '_',
  )
