import { readFileSync } from 'node:fs'
import { parseSolution } from './blocked.ts'
import { parseInstalled, type Installed } from './installed.ts'
import { findPinned } from './pins.ts'
import { parsePolicy, parseReleases } from './policy.ts'
import type { Preference } from './preferences.ts'
import { parseStanzas } from './stanzas.ts'
import { findUpdate, type Known } from './updates.ts'

export type System = 'debian-12' | 'debian-13' | 'ubuntu-24.04'

export const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')

export const installedOn = (system: System): Installed[] =>
  parseInstalled(captured(`${system}-installed`), 'amd64')

/** What was known of a host when its programs printed what is kept here. */
export function knownOf(system: System, policy = 'policy', preferences: Preference[] = []): Known {
  const installed = installedOn(system)
  const policies = parsePolicy(captured(`${system}-${policy}`))
  const releases = parseReleases(captured(`${system}-releases`))
  const updates = installed.flatMap((one) => {
    const found = policies.get(one.name)
    const update =
      findUpdate(one.version, found, releases) ??
      (found && findPinned(one, found, { releases, preferences }))
    return update ? [[one.name, update] as const] : []
  })
  return { installed, updates: new Map(updates), lists_updated_at: null }
}

export const stanzasOf = (system: System) =>
  new Map(
    parseStanzas(captured(`${system}-stanzas`)).map((one) => [`${one.name}=${one.version}`, one]),
  )

export const solutionOf = (system: System, situation = 'assume-no') =>
  parseSolution(captured(`${system}-${situation}`))
