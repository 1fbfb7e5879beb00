import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import type { PackageDetail } from '@linux-patch/shared/package'
import { isMissing } from '../files/missing.ts'
import type { Installed } from './installed.ts'
import { common, type Seen } from './listing.ts'
import { dependenciesOf, dependents } from './relations.ts'
import type { Known } from './updates.ts'

export async function readDetail(
  name: string,
  known: Known & Seen,
  root: string,
): Promise<PackageDetail> {
  const installed = known.installed.find((one) => one.name === name)
  if (!installed || installed.status === 'residual')
    throw new Failure('PKG_NOT_FOUND', `${name} is not installed on this host.`)

  const [files, license] = await Promise.all([
    readFiles(installed, root),
    readLicense(installed, root),
  ])
  return {
    ...common(installed, known),
    dependencies: dependenciesOf(installed),
    reverse_dependencies: dependents(installed, known.installed),
    homepage: installed.homepage,
    license,
    files,
  }
}

/** dpkg names the file after the package, and after its architecture too where several can be installed at once. */
async function readFiles({ name, architecture }: Installed, root: string): Promise<string[]> {
  const plain = name.split(':')[0] ?? name
  const info = (file: string) => join(root, 'var/lib/dpkg/info', file)
  const text =
    (await readOrNull(info(`${plain}:${architecture}.list`))) ??
    (await readOrNull(info(`${plain}.list`)))
  return withoutFolders(text?.split('\n').filter((line) => line.startsWith('/')) ?? [])
}

/** The list names every folder on the way to a file. */
export function withoutFolders(paths: string[]): string[] {
  const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))))
  return paths.filter((path) => path !== '/.' && !folders.has(path))
}

async function readLicense({ name }: Installed, root: string): Promise<string | null> {
  const plain = name.split(':')[0] ?? name
  const text = await readOrNull(join(root, 'usr/share/doc', plain, 'copyright'))
  return text === null ? null : parseLicense(text)
}

/**
 * Reads the short names in a machine-readable copyright file; an older one, in free text, names none:
 *
 *     Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
 *     License: GPL-2+
 */
export function parseLicense(copyright: string): string | null {
  if (!/^Format(-Specification)?:/im.test(copyright)) return null
  const names = [...copyright.matchAll(/^License: *(\S.*)$/gim)].map(([, name = '']) => name.trim())
  return names.length === 0 ? null : [...new Set(names)].join(', ')
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
