import { Failure } from '@linux-patch/shared/failure'
import { toVersion } from './versions.ts'

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

/**
 * Reads the rows of `rpm --query --all`, here with `|` for 0x1f and the end cut off:
 *
 *     bash|0|5.1.8|9.el9|x86_64|7738634|1763801040|Rocky Linux Build System|Rocky Enterprise Software Foundation|GPLv3+
 *     name epoch version release arch bytes installed at packager              vendor                        license
 */
export const parseRows = (stdout: string): Row[] => stdout.split('\x1e').slice(0, -1).map(readRow)

/** One package as rpm's database has it. */
export type Row = ReturnType<typeof readRow>

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
