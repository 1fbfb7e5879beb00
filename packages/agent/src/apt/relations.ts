import type { Dependency } from '@linux-patch/shared/package'
import type { Installed } from './installed.ts'

/**
 * One of the alternatives in a Depends, Pre-Depends or Provides field:
 *
 *     libc6 (>= 2.34), perl:any, debconf (>= 0.5) | debconf-2.0
 *     name   version   name:arch  alternatives, parted by a bar
 */
const RELATION = /^(?<name>[^\s:(]+)(?::\S+)?(?: \((?<operator><<|<=|=|>=|>>) (?<version>\S+)\))?$/

/** What a package needs, an alternative being one entry each; what we cannot read is kept as it is spelt. */
export function dependenciesOf({ pre_depends, depends }: Installed): Dependency[] {
  return [pre_depends, depends].flatMap(parts).flatMap((part) => {
    const alternatives = part.split(/ ?\| ?/)
    return alternatives.map((text) => readRelation(text, alternatives.length === 1))
  })
}

export const dependencyNames = (installed: Installed) => [
  ...new Set(dependenciesOf(installed).map(({ name }) => name)),
]

/** The installed packages that name this one, or something that it provides, among what they need. */
export function dependents(of: Installed, all: Installed[]): string[] {
  const provided = new Set([plainName(of), ...parts(of.provides).map(nameOf)])
  return all
    .filter((other) => other.name !== of.name && other.status !== 'residual')
    .filter((other) => dependencyNames(other).some((name) => provided.has(name)))
    .map(({ name }) => name)
}

const plainName = ({ name }: Installed) => name.split(':')[0] ?? name

const parts = (field: string) => (field === '' ? [] : field.split(/, ?/))

const nameOf = (text: string) => readRelation(text, true).name

function readRelation(text: string, required: boolean): Dependency {
  const { name = text, operator, version } = RELATION.exec(text)?.groups ?? {}
  return { name, version: operator ? `${operator}${version}` : null, required }
}
