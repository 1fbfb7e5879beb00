import { machine } from 'node:os'
import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'
import type { Answer, Ask, Exact } from './program.ts'
import { compareVersions, toVersion } from './versions.ts'

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

/** What is asked of rpm, between 0x1f and 0x1e, which no header can hold; lists have 0x1d between their items. */
const fields = {
  plain: '%{NAME}',
  epoch: '%{EPOCHNUM}',
  version: '%{VERSION}',
  release: '%{RELEASE}',
  architecture: '%{ARCH}',
  size: '%{LONGSIZE}',
  installedAt: '%{INSTALLTIME}',
  packager: '%{PACKAGER}',
  vendor: '%{VENDOR}',
  license: '%{LICENSE}',
  homepage: '%{URL}',
  source: '%{SOURCERPM}',
  requires: '[%{REQUIRENAME}\x1d]',
  provides: '[%{PROVIDENAME}\x1d]',
  description: '%{SUMMARY}',
} as const
type Field = keyof typeof fields

const names = Object.keys(fields) as Field[]
export const queryFormat = `${Object.values(fields).join('\x1f')}\x1e`

export type State = Answer<'state'>

export async function queryInstalled(run: Run, ask: Ask): Promise<Installed[]> {
  const [query, state] = await Promise.all([
    run('rpm', ['--query', '--all', '--queryformat', queryFormat]),
    ask('state', {}),
  ])
  if (query.exitCode === 0) return parseInstalled(query.stdout, state)
  throw new Failure('PKG_MANAGER_ERROR', `rpm could not list its packages: ${query.stderr}`)
}

/**
 * Reads the rows of `rpm --query --all`, here with `|` for 0x1f and the end cut off:
 *
 *     bash|0|5.1.8|9.el9|x86_64|7738634|1763801040|Rocky Linux Build System|Rocky Enterprise Software Foundation|GPLv3+
 *     name epoch version release arch bytes installed at packager              vendor                        license
 */
export function parseInstalled(stdout: string, state: State, host = machine()): Installed[] {
  const rows = stdout.split('\x1e').slice(0, -1).map(readRow)
  // The keys that signatures are checked with are in there too.
  const packages = rows.filter(({ plain }) => plain !== 'gpg-pubkey')
  const groups = Map.groupBy(packages, ({ plain, architecture }) => `${plain}.${architecture}`)
  return [...groups.values()].flatMap((group) => nameGroup(group, state, host))
}

type Row = ReturnType<typeof readRow>

function readRow(row: string) {
  const values = row.split('\x1f')
  if (values.length !== names.length)
    throw new Failure('PKG_MANAGER_ERROR', `rpm printed a row we cannot read: ${row}`)
  const value = (name: Field) => values[names.indexOf(name)] ?? ''
  const orNull = (name: Field) => (value(name) === '(none)' ? null : value(name))
  const list = (name: Field) => [...new Set(value(name).split('\x1d').filter(Boolean))]
  return {
    plain: value('plain'),
    version: toVersion({
      epoch: value('epoch'),
      version: value('version'),
      release: value('release'),
    }),
    architecture: orNull('architecture') ?? 'noarch',
    size_bytes: toNumber(value('size')),
    installed_at: new Date(Number(value('installedAt')) * 1000).toISOString(),
    maintainer: orNull('packager') ?? orNull('vendor'),
    license: orNull('license'),
    homepage: orNull('homepage'),
    source: sourceOf(orNull('source')) ?? value('plain'),
    requires: list('requires').filter((one) => one !== '(none)'),
    provides: list('provides').filter((one) => one !== '(none)'),
    description: value('description'),
  }
}

const toNumber = (digits: string) =>
  /^\d+$/.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : null

/** `bash-5.1.8-9.el9.src.rpm` is of bash. */
const sourceOf = (file: string | null) => /^(.+)-[^-]+-[^-]+\.\w+\.rpm$/.exec(file ?? '')?.[1]

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
