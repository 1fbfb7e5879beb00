import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'

/** One package that dpkg's database knows. Names carry an architecture only where it is a foreign one. */
export type Installed = {
  name: string
  version: string
  architecture: string
  status: 'installed' | 'residual' | 'broken'
  held: boolean
  /** dpkg was cut off while it unpacked this, and wants it unpacked again. */
  half_unpacked: boolean
  size_bytes: number | null
  installed_at: string | null
  maintainer: string | null
  homepage: string | null
  source: string
  source_version: string
  pre_depends: string
  depends: string
  provides: string
  description: string
}

/**
 * What is asked of dpkg-query, between 0x1f and 0x1e, which no control file can hold. It merges dpkg's journal,
 * so it is right in the middle of a transaction, when `/var/lib/dpkg/status` is not.
 */
const fields = {
  want: 'db:Status-Want',
  state: 'db:Status-Status',
  error: 'db:Status-Eflag',
  plainName: 'Package',
  architecture: 'Architecture',
  version: 'Version',
  kibibytes: 'Installed-Size',
  changedAt: 'db-fsys:Last-Modified',
  maintainer: 'Maintainer',
  homepage: 'Homepage',
  source: 'source:Package',
  sourceVersion: 'source:Version',
  preDepends: 'Pre-Depends',
  depends: 'Depends',
  provides: 'Provides',
  description: 'binary:Synopsis',
} as const
type Field = keyof typeof fields

const names = Object.keys(fields) as Field[]
export const queryFormat = `${names.map((name) => `\${${fields[name]}}`).join('\x1f')}\x1e`

export async function queryInstalled(run: Run): Promise<Installed[]> {
  const [query, native] = await Promise.all([
    run('dpkgQuery', ['--show', '--showformat', queryFormat]),
    askNative(run),
  ])
  if (query.exitCode === 0) return parseInstalled(query.stdout, native)
  throw new Failure('PKG_MANAGER_ERROR', `dpkg could not list its packages: ${query.stderr}`)
}

/** The host's own architecture, as dpkg calls it. */
export async function askNative(run: Run): Promise<string> {
  const { exitCode, stdout, stderr } = await run('dpkg', ['--print-architecture'])
  if (exitCode === 0) return stdout.trim()
  throw new Failure('PKG_MANAGER_ERROR', `dpkg could not name its architecture: ${stderr}`)
}

/**
 * Reads the rows of `dpkg-query --show`, here with `|` for 0x1f and the end cut off:
 *
 *     install|installed|ok|openssl|amd64|3.0.19-1~deb12u2|2300|1763801040|Debian OpenSSL Team <…>|https://…|openssl|…
 *     want    state    error name  arch  version          KiB  changed at maintainer              homepage  source
 */
export function parseInstalled(stdout: string, native: string): Installed[] {
  const rows = stdout.split('\x1e').slice(0, -1)
  return rows.map((row) => readRow(row, native)).filter((found) => found !== undefined)
}

function readRow(row: string, native: string): Installed | undefined {
  const values = row.split('\x1f')
  if (values.length !== names.length)
    throw new Failure('PKG_MANAGER_ERROR', `dpkg-query printed a row we cannot read: ${row}`)
  const value = (name: Field) => values[names.indexOf(name)] ?? ''
  if (value('state') === 'not-installed') return undefined

  const architecture = value('architecture')
  const foreign = architecture !== native && architecture !== 'all' && architecture !== ''
  return {
    name: foreign ? `${value('plainName')}:${architecture}` : value('plainName'),
    version: value('version'),
    architecture,
    status: statusOf(value('state'), value('error')),
    held: value('want') === 'hold',
    half_unpacked: value('error') === 'reinstreq',
    size_bytes: toBytes(value('kibibytes')),
    installed_at: toTime(value('changedAt')),
    maintainer: value('maintainer') || null,
    homepage: value('homepage') || null,
    source: value('source') || value('plainName'),
    source_version: value('sourceVersion') || value('version'),
    pre_depends: value('preDepends'),
    depends: value('depends'),
    provides: value('provides'),
    description: value('description'),
  }
}

function statusOf(state: string, error: string): Installed['status'] {
  if (error !== 'ok') return 'broken'
  if (state === 'installed') return 'installed'
  return state === 'config-files' ? 'residual' : 'broken'
}

/** A package may claim anything: what is no number is not known. */
export function toBytes(kibibytes: string): number | null {
  const bytes = Math.round(Number(kibibytes) * 1024)
  return kibibytes !== '' && Number.isSafeInteger(bytes) ? bytes : null
}

/** Null where dpkg says nothing of it that is a time. */
function toTime(seconds: string): string | null {
  const time = new Date(Number(seconds) * 1000)
  return /^\d+$/.test(seconds) && !Number.isNaN(time.getTime()) ? time.toISOString() : null
}
