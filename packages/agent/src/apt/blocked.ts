import { Failure } from '@linux-patch/shared/failure'
import type { BlockedBy } from '@linux-patch/shared/package'
import type { Installed } from './installed.ts'
import type { Update } from './updates.ts'

/** What apt would do with every update there is; by name, as the list of installed packages spells it. */
export type Solution = { upgraded: Set<string>; kept_back: Set<string>; deferred: Set<string> }

const sections: Record<string, keyof Solution> = {
  'packages will be upgraded': 'upgraded',
  'packages have been kept back': 'kept_back',
  'upgrades have been deferred due to phasing': 'deferred',
}
const SECTION = /^The following (?<title>.+):$/
const CHANGE = /^ {3}(?<name>[^\s()]+) \([^()]+\)$/

/**
 * Reads `apt-get --assume-no --verbose-versions --with-new-pkgs upgrade`, where apt tells what it keeps back:
 *
 *     The following upgrades have been deferred due to phasing:     since apt 2.7; before, they were kept back
 *        systemd (255.4-1ubuntu8 => 255.4-1ubuntu8.19)
 *     The following packages have been kept back:
 *        lab-keptback (1.0 => 2.0)
 *        name          installed  what it would be
 *
 * Sections that are about other things than updates are passed over.
 */
export function parseSolution(stdout: string): Solution {
  const solution: Solution = { upgraded: new Set(), kept_back: new Set(), deferred: new Set() }
  let section: Set<string> | undefined
  for (const line of stdout.split('\n')) {
    const title = SECTION.exec(line)?.groups?.['title']
    if (title !== undefined) section = sectionOf(title, solution)
    else if (!line.startsWith('   ')) section = undefined
    else section?.add(readName(line))
  }
  return solution
}

function sectionOf(title: string, solution: Solution) {
  return Object.hasOwn(sections, title) ? solution[sections[title] ?? 'upgraded'] : undefined
}

function readName(line: string): string {
  const name = CHANGE.exec(line)?.groups?.['name']
  if (name !== undefined) return name
  throw new Failure('PKG_MANAGER_ERROR', `apt-get printed a line we cannot read: ${line}`)
}

/** Why an update is not installed with the others; `solution` is null while nobody knows what apt would do. */
export function blockedBy(
  { name, held }: Installed,
  { phased_percent, pinned }: Update,
  solution: Solution | null,
): BlockedBy | null {
  if (held) return { reason: 'held', detail: 'An administrator of this host has put it on hold.' }
  if (pinned !== null) return { reason: 'pinned', detail: pinned }
  // apt draws lots for each host, and takes what fixes a hole at once: only it knows whether it is this one's turn.
  if (solution?.upgraded.has(name)) return null
  if (solution?.deferred.has(name) || (phased_percent !== null && phased_percent < 100))
    return {
      reason: 'phased',
      detail: `Its archive offers this version to ${phased_percent ?? 'some'} of 100 hosts so far.`,
    }
  if (!solution?.kept_back.has(name)) return null
  return {
    reason: 'kept_back',
    detail: 'apt keeps it back: what it needs cannot be installed, or does not go with what is.',
  }
}
