import type { Dependency } from '@linux-patch/shared/package'
import type { Installed } from './installed.ts'

export type Relation = { name: string; operator: string | null; version: string | null }

/**
 * One of the alternatives in a Depends, Pre-Depends, Provides or Breaks field:
 *
 *     libc6 (>= 2.34), perl:any, debconf (>= 0.5) | debconf-2.0
 *     name   version   name:arch  alternatives, parted by a bar
 */
const RELATION = /^(?<name>[^\s:(]+)(?::\S+)?(?: \((?<operator><<|<=|=|>=|>>) (?<version>\S+)\))?$/

/** A field as a list of clauses, each of them its alternatives; what we cannot read is a name as it is spelt. */
export const parseRelations = (field: string): Relation[][] =>
  parts(field).map((part) => part.split(/ ?\| ?/).map(readRelation))

const parts = (field: string) => field.split(/, ?/).filter((part) => part.trim() !== '')

function readRelation(text: string): Relation {
  const { name = text, operator = null, version = null } = RELATION.exec(text)?.groups ?? {}
  return { name, operator, version }
}

/** What a package needs, an alternative being one entry each. */
export function dependenciesOf({ pre_depends, depends }: Installed): Dependency[] {
  return [pre_depends, depends].flatMap(parseRelations).flatMap((clause) =>
    clause.map(({ name, operator, version }) => ({
      name,
      version: operator ? `${operator}${version}` : null,
      required: clause.length === 1,
    })),
  )
}

export const dependencyNames = (installed: Installed) => [
  ...new Set(dependenciesOf(installed).map(({ name }) => name)),
]

/** The installed packages that name this one, or something that it provides, among what they need. */
export function dependents(of: Installed, all: Installed[]): string[] {
  const offered = parseRelations(of.provides).flat()
  const provided = new Set([plainName(of.name), ...offered.map(({ name }) => name)])
  return all
    .filter((other) => other.name !== of.name && other.status !== 'residual')
    .filter((other) => dependencyNames(other).some((name) => provided.has(name)))
    .map(({ name }) => name)
}

/** A name without the architecture that a foreign package carries in it. */
export const plainName = (name: string) => name.split(':')[0] ?? name
