import { machine } from 'node:os'
import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'
import type { Answer, Ask, Exact } from './program.ts'
import { parseRows, queryFormat, type Row } from './rpm-rows.ts'
import { compareVersions } from './versions.ts'

/** One package of rpm's database. */
export type Installed = {
  /**
   * What the API calls it: its name, with its architecture where that is a foreign one. Of several versions, as of
   * kernels, the newest has the name, and the others carry their version: `kernel-core-5.14.0-427.el9`.
   */
  name: string
  plain: string
  version: string
  architecture: string
  /** `broken`: its scriptlet failed, or an interrupted transaction left two versions of it. */
  status: 'installed' | 'broken'
  automatic: boolean
  /** Its name with its version, where versions of it live side by side. */
  beside: string | null
  size_bytes: number | null
  installed_at: string
  maintainer: string | null
  license: string | null
  homepage: string | null
  source: string
  description: string
  requires: string[]
  provides: string[]
}

export type State = Answer<'state'>

export async function queryInstalled(run: Run, ask: Ask): Promise<Installed[]> {
  const [query, state] = await Promise.all([
    run('rpm', ['--query', '--all', '--queryformat', queryFormat]),
    ask('state', {}),
  ])
  if (query.exitCode === 0) return parseInstalled(query.stdout, state)
  throw new Failure('PKG_MANAGER_ERROR', `rpm could not list its packages: ${query.stderr}`)
}

/** Names the packages of rpm's database, and tells those that are broken. */
export function parseInstalled(stdout: string, state: State, host = machine()): Installed[] {
  const rows = parseRows(stdout)
  // The keys that signatures are checked with are in there too.
  const packages = rows.filter(({ plain }) => plain !== 'gpg-pubkey')
  const groups = Map.groupBy(packages, ({ plain, architecture }) => `${plain}.${architecture}`)
  return [...groups.values()].flatMap((group) => nameGroup(group, state, host))
}

function nameGroup(group: Row[], state: State, host: string): Installed[] {
  const sorted = group.toSorted((a, b) => compareVersions(b.version, a.version))
  const isParallel = state.parallel.includes(sorted[0]?.plain ?? '')
  const isTorn = sorted.length > 1 && !isParallel
  return sorted.map((one, at) => {
    const full = `${one.plain}-${one.version.replace(/^\d+:/, '')}`
    const suffix = isForeign(one.architecture, host) ? `:${one.architecture}` : ''
    const isBroken = isTorn || state.failed.includes(nevraOf(one))
    return {
      ...one,
      name: `${at === 0 ? one.plain : full}${suffix}`,
      beside: isParallel ? `${full}${suffix}` : null,
      status: isBroken ? 'broken' : 'installed',
      automatic: state.automatic.includes(nevraOf(one)),
    }
  })
}

/** A library of 32 bits on a host of 64. */
const isForeign = (architecture: string, host: string) =>
  host === 'x86_64' && /^(i[3-6]86|athlon)$/.test(architecture)

/** As dnf writes it: `vim-2:8.2.2637-20.el9.x86_64`. */
export const nevraOf = ({
  plain,
  version,
  architecture,
}: Pick<Installed, 'plain' | 'version' | 'architecture'>) => `${plain}-${version}.${architecture}`

/** As rpm finds it: it spells an epoch before the name, and needs none. */
export const toRpmName = (one: Installed) =>
  nevraOf({ ...one, version: one.version.replace(/^\d+:/, '') })

export const toExact = ({ plain, version, architecture }: Installed): Exact => ({
  name: plain,
  version,
  arch: architecture,
})

/** A name as the API has it, cut in two: `glibc:i686`. */
export function readName(name: string): { plain: string; arch: string | null } {
  const [plain = '', arch = null] = name.split(':')
  return { plain, arch }
}

/** What the API calls a package that is to come. */
export const nameOf = ({ name, arch }: { name: string; arch: string }, host = machine()): string =>
  isForeign(arch, host) ? `${name}:${arch}` : name
