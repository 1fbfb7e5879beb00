import type { Host } from '../lab/host.ts'

/** How a package is: `ii` and the like in dpkg's own letters, and whether apt calls it automatic. */
type PackageFound = { status: string; version: string; automatic: boolean }
export type HostState = {
  packages: Map<string, PackageFound>
  /** What dpkg finds wrong, and what it left of a transaction that it did not end. Empty on a whole host. */
  audit: string
}

const READ = [
  'dpkg --audit; ls /var/lib/dpkg/updates; apt-get -qq check 2>&1 || true; echo ---',
  "dpkg-query -W -f='${binary:Package} ${db:Status-Abbrev} ${Version}\\n'; echo ---",
  'apt-mark showauto',
].join('\n')

/** Asks dpkg and apt in the host itself; nothing here goes by what the agent says. */
export async function readState(host: Host): Promise<HostState> {
  const [audit = '', installed = '', marks = ''] = (await host.sh(READ)).split(/^---$/m)
  const automatic = new Set(marks.trim().split('\n').map(plain))
  const packages = new Map<string, PackageFound>()
  for (const line of installed.trim().split('\n')) {
    const [name = '', status = '', version = ''] = line.split(/ +/)
    if (status === 'un') continue
    const isHere = status !== 'rc'
    packages.set(plain(name), {
      status,
      version,
      automatic: isHere && automatic.has(plain(name)),
    })
  }
  return { packages, audit: audit.trim() }
}

/** The host has one architecture, which only some of its packages are named with. */
const plain = (name: string) => name.replace(/:.*/, '')

/** The version that is installed, whole or not; null where at most the configuration is. */
export function versionOf({ packages }: HostState, name: string): string | null {
  const found = packages.get(name)
  return found && found.status !== 'rc' ? found.version : null
}

const isWhole = ({ status }: PackageFound) => /^([hpir]i|rc)$/.test(status)

/** Packages that are neither installed as a whole nor gone. */
export const brokenIn = ({ packages }: HostState): string[] =>
  [...packages].filter(([, found]) => !isWhole(found)).map(([name]) => name)

/** The same host as a repair would leave it: each package that was on its way has arrived. */
export const mended = ({ packages }: HostState): HostState => ({
  audit: '',
  packages: new Map(
    [...packages].map(([name, found]) => [
      name,
      isWhole(found) ? found : { ...found, status: 'ii' },
    ]),
  ),
})

/** Names of the packages that differ in state, version or mark. */
export const differing = (one: HostState, other: HostState): string[] =>
  [...new Set([...one.packages.keys(), ...other.packages.keys()])]
    .filter((name) => tell(one, name) !== tell(other, name))
    .toSorted()

/** A package in a few words: `ii 1.0-1 (automatic)`. */
export function tell({ packages }: HostState, name: string): string {
  const found = packages.get(name)
  if (!found) return 'absent'
  return `${found.status} ${found.version}${found.automatic ? ' (automatic)' : ''}`
}
