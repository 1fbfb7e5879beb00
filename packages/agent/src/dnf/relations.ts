import type { Dependency } from '@linux-patch/shared/package'
import type { Installed } from './installed.ts'

/** Who provides a capability: a name, a library (`libc.so.6()(64bit)`), a path. */
export type Providers = Map<string, string>

export const providersOf = (installed: Installed[]): Providers =>
  new Map(installed.flatMap(({ name, provides }) => provides.map((one) => [one, name] as const)))

/** The packages that one needs; what no package says to provide, such as a file of one, is named as it stands. */
export const needsOf = ({ name, requires }: Installed, providers: Providers): string[] => [
  ...new Set(
    requires
      .filter((one) => !one.startsWith('rpmlib('))
      .map((one) => providers.get(one) ?? one)
      .filter((one) => one !== name),
  ),
]

export const dependents = (name: string, installed: Installed[]): string[] => {
  const providers = providersOf(installed)
  return installed.filter((one) => needsOf(one, providers).includes(name)).map((one) => one.name)
}

/**
 * Reads what rpm prints of the needs of one package:
 *
 *     lab-base >= 1.0
 *     /bin/sh
 *     rpmlib(CompressedFileNames) <= 3.0.4-1      is about rpm itself
 */
export const parseDependencies = (stdout: string): Dependency[] => {
  const lines = stdout.split('\n').map((line) => line.trim())
  const found = lines
    .filter((line) => line !== '' && line !== '(none)' && !line.startsWith('rpmlib('))
    .map((line): Dependency => {
      const {
        name = line,
        operator,
        version,
      } = /^(?<name>\S+)\s+(?<operator>[<>=]+)\s+(?<version>\S+)$/.exec(line)?.groups ?? {}
      return { name, version: operator && version ? `${operator}${version}` : null, required: true }
    })
  return [...new Map(found.map((one) => [`${one.name} ${one.version}`, one])).values()]
}
