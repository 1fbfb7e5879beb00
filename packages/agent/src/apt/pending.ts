import type { BlockedBy } from '@linux-patch/shared/package'
import { blockedBy, type Solution } from './blocked.ts'
import type { Installed } from './installed.ts'
import type { Stanza } from './stanzas.ts'
import type { Known, Update } from './updates.ts'

/** One package that has an update, with what its source will be then. */
export type Pending = {
  installed: Installed
  update: Update
  stanza: Stanza | undefined
  source: string
  source_version: string
  blocked_by: BlockedBy | null
}

export function findPending(
  { installed, updates }: Known,
  stanzas: Map<string, Stanza>,
  solution: Solution | null,
): Pending[] {
  return installed.flatMap((one) => {
    const update = updates?.get(one.name)
    if (!update) return []
    const stanza = stanzas.get(`${one.name}=${update.version}`)
    const source = stanza?.source ?? one.source
    const source_version = stanza?.source_version ?? update.version
    const blocked_by = blockedBy(one, update, solution)
    return [{ installed: one, update, stanza, source, source_version, blocked_by }]
  })
}

/** What of a patch can be had: one package on hold does not keep back the others, and is left to its own hold. */
export function affectedBy(group: Pending[]) {
  const free = group.filter(({ blocked_by }) => blocked_by === null)
  const isBlocked = free.length === 0
  return {
    affected_packages: (isBlocked ? group : free).map(({ installed }) => installed.name),
    blocked_by: isBlocked ? (group[0]?.blocked_by ?? null) : null,
  }
}
