import type { BlockedBy } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'
import { readWord } from '../advisories/severity.ts'
import { blockedBy } from './blocked.ts'
import type { Installed } from './installed.ts'
import type { Known, Update } from './known.ts'
import { restartsHost } from './reboot.ts'
import { advisoriesAbout, isSecurity } from './security.ts'
import type { RepositoryAdvisory } from './updateinfo.ts'

type Pending = {
  installed: Installed
  update: Update
  blocked_by: BlockedBy | null
  advisories: RepositoryAdvisory[]
}

/** A host's patches: first the advisories that are about it, then the updates that none of them accounts for. */
export function toPatches(known: Known): Patch[] {
  const pending = known.installed.flatMap((installed): Pending[] => {
    const update = known.updates?.get(installed.name)
    if (!update) return []
    const advisories = advisoriesAbout(installed, update, known.advised)
    return [{ installed, update, advisories, blocked_by: blockedBy(installed, update, known) }]
  })
  const advised = new Map<string, { advisory: RepositoryAdvisory; group: Pending[] }>()
  for (const one of pending)
    for (const advisory of one.advisories) {
      const found = advised.get(advisory.id) ?? { advisory, group: [] }
      found.group.push(one)
      advised.set(advisory.id, found)
    }
  const others = pending.filter(({ advisories }) => advisories.length === 0)
  return [
    ...[...advised.values()].map(({ advisory, group }) => toAdvisedPatch(advisory, group)),
    ...groupBySource(others).map((group) => toSourcePatch(group, known)),
  ]
}

/** What a page shows of an advisory; whoever wants all of it knows its name. */
const MOST_WORDS = 4000

function toAdvisedPatch(advisory: RepositoryAdvisory, group: Pending[]): Patch {
  const { id, title, type, issued_at, cve_ids, description } = advisory
  const severity = readWord(advisory.severity ?? '')
  const security = type === 'security'
  const affected = affectedBy(group)
  return {
    id,
    name: (title || id).slice(0, 300),
    severity: severity ?? (security ? 'medium' : 'low'),
    severity_source: severity ? 'advisory' : 'default',
    security,
    status: 'available',
    published_date: issued_at,
    description: (description || title || id).slice(0, MOST_WORDS),
    cve_ids,
    ...affected,
    requires_reboot: wantsReboot(advisory, group) || affected.affected_packages.some(restartsHost),
  }
}

const wantsReboot = ({ packages }: RepositoryAdvisory, group: Pending[]) =>
  packages.some(
    ({ name, requires_reboot }) =>
      requires_reboot && group.some(({ installed }) => installed.plain === name),
  )

/** What of a patch can be had: one package on hold does not keep back the others. */
function affectedBy(group: Pending[]) {
  const free = group.filter(({ blocked_by }) => blocked_by === null)
  const isBlocked = free.length === 0
  return {
    affected_packages: (isBlocked ? group : free).map(({ installed }) => installed.name).toSorted(),
    blocked_by: isBlocked ? (group[0]?.blocked_by ?? null) : null,
  }
}

const groupBySource = (pending: Pending[]): Pending[][] => [
  ...Map.groupBy(
    pending,
    ({ update, blocked_by }) => `${update.source} ${update.version} ${blocked_by?.reason}`,
  ).values(),
]

function toSourcePatch(group: Pending[], { advised }: Known): Patch {
  const [{ installed, update } = undefined as never] = group
  const affected = affectedBy(group)
  const isUnknown = isSecurity(installed, update, advised) === null
  const version = update.version.replace(/^\d+:/, '').replaceAll(/[^A-Za-z0-9.+~_-]/g, '_')
  const held = affected.blocked_by ? `-${affected.blocked_by.reason}` : ''
  return {
    id: `UPD-${update.source}-${version}${held}`,
    name: `${update.source} ${update.version}`,
    severity: isUnknown ? 'medium' : 'low',
    severity_source: 'default',
    security: false,
    status: 'available',
    published_date: null,
    description: isUnknown
      ? `Whether this closes a hole is unknown: the repository ${update.repository} publishes no advisories.`
      : `An update that no advisory of the repository ${update.repository} is about.`,
    cve_ids: [],
    ...affected,
    requires_reboot: affected.affected_packages.some(restartsHost),
  }
}
