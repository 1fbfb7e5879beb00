import type { Patch } from '@linux-patch/shared/patch'
import type { Installed } from './installed.ts'
import { blockedBy } from './listing.ts'
import { restartsHost } from './reboot.ts'
import type { Stanza } from './stanzas.ts'
import type { Known, Update } from './updates.ts'
import { withoutEpoch } from './versions.ts'

/** One package that has an update, with what its source will be then. */
type Pending = { installed: Installed; update: Update; source: string; from: string; to: string }

/**
 * The updates as patches, without advisory data: one for each source package and version of it, because its
 * binary packages belong together and are fixed together. Ids are the same on every host.
 */
export function toPatches({ installed, updates }: Known, stanzas: Map<string, Stanza>): Patch[] {
  const pending = installed.flatMap((one) => {
    const update = updates?.get(one.name)
    return update ? [toPending(one, update, stanzas.get(`${one.name}=${update.version}`))] : []
  })
  const groups = Map.groupBy(pending, ({ source, to }) => `${source}=${to}`)
  return [...groups.values()].map(toPatch)
}

function toPending(installed: Installed, update: Update, stanza: Stanza | undefined): Pending {
  const source = stanza?.source ?? installed.source
  const offered = stanza?.source_version ?? update.version
  // A rebuild of the same source is an update all the same; only the binary version tells them apart.
  const rebuilt = source === installed.source && offered === installed.source_version
  const [from, to] = rebuilt
    ? [installed.version, update.version]
    : [installed.source_version, offered]
  return { installed, update, source, from, to }
}

function toPatch(group: Pending[]): Patch {
  const { source = '', from = '', to = '' } = group[0] ?? {}
  const security = group.some(({ update }) => update.security)
  const blocks = group.map((one) => blockedBy(one.installed, one.update))
  const isBlocked = blocks.every((block) => block !== null)
  // One package on hold does not keep back the others, and is left to its own hold.
  const affected = group.filter((_, at) => isBlocked || blocks[at] === null)
  const names = affected.map((one) => one.installed.name)
  return {
    id: patchId(security, source, to),
    name: `${source} ${to}`,
    // The archive says that it is about security and no more; elsewhere nobody says anything.
    severity: security ? 'high' : 'medium',
    severity_source: security ? 'archive' : 'default',
    security,
    status: 'available',
    published_date: null,
    description: `${security ? 'Security update' : 'Update'} of ${source} from ${from} to ${to}`,
    cve_ids: [],
    affected_packages: names,
    requires_reboot: names.some(restartsHost),
    blocked_by: isBlocked ? (blocks[0] ?? null) : null,
  }
}

const patchId = (security: boolean, source: string, version: string) =>
  `${security ? 'SEC' : 'UPD'}-${source}-${withoutEpoch(version)}`.replaceAll(
    /[^A-Za-z0-9.+~_-]/g,
    '_',
  )
