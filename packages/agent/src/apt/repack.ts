import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'
import { writeArchive } from './ar.ts'
import { findEdit, parseConffiles } from './conffiles.ts'
import type { Exceptions } from './exceptions.ts'
import type { Installed } from './installed.ts'
import {
  findContents,
  findInfoFiles,
  isScript,
  type Contents,
  type InfoFiles,
} from './package-files.ts'
import { savedFileName } from './saved-file.ts'

type Deps = { run: Run; root: string; exceptions: Exceptions }

/**
 * Makes a package again from what is installed of it, where no archive has it any more. A configuration file that
 * was changed is left out: it stays on the disk as it is, and were it in the package, dpkg would take it for the
 * packager's own and the next update would replace it.
 */
export async function repack(one: Installed, folder: string, deps: Deps): Promise<string> {
  const info = await findInfoFiles(one, deps.root)
  const stanza = await askStatus(one, deps.run)
  const left = await changedConffiles(stanza, deps.root)
  const place = { ...deps.exceptions, root: deps.root }
  const contents = await findContents({ name: one.name, info, left }, place)
  if (contents.missing.length > 0) throw missingFiles(one, contents)

  const work = await mkdtemp(join(folder, 'repack-'))
  try {
    const parts = [
      await writeMark(work),
      await packControl(join(work, 'control'), { stanza, info, left }, deps.run),
      await packData(join(work, 'data'), contents, deps),
    ]
    const path = join(folder, savedFileName(one))
    await writeArchive(path, parts)
    return path
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

export const missingFiles = ({ name, version }: Installed, { missing }: Contents) =>
  new Failure(
    'PKG_MANAGER_ERROR',
    `No archive has ${name} ${version} any more, and it cannot be made again from what is installed: ` +
      `${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more` : ''} is not on the disk.`,
  )

export async function askStatus({ name, architecture }: Installed, run: Run): Promise<string> {
  // Without its architecture, a name is that of each architecture that is installed of it.
  const exact = name.includes(':') || architecture === 'all' ? name : `${name}:${architecture}`
  const { exitCode, stdout, stderr } = await run('dpkgQuery', ['--status', '--', exact])
  if (exitCode === 0) return stdout
  throw new Failure('PKG_MANAGER_ERROR', `dpkg could not describe ${name}: ${stderr}`)
}

/** The configuration files that a package made of what is installed must not have. */
export async function changedConffiles(stanza: string, root: string): Promise<string[]> {
  const conffiles = parseConffiles(stanza)
  const edits = await Promise.all(conffiles.map((one) => findEdit(one, root)))
  return conffiles
    .filter(({ isObsolete }, at) => isObsolete || edits[at] !== 'none')
    .map(({ path }) => path)
}

/** The first file of a .deb says which kind of .deb it is. */
async function writeMark(work: string): Promise<string> {
  const path = join(work, 'debian-binary')
  await writeFile(path, '2.0\n')
  return path
}

type Control = { stanza: string; info: InfoFiles; left: string[] }

async function packControl(folder: string, { stanza, info, left }: Control, run: Run) {
  await mkdir(folder, { mode: 0o755 })
  await writeFile(join(folder, 'control'), toControl(stanza))
  const conffiles = parseConffiles(stanza).filter(({ path }) => !left.includes(path))
  for (const [kind, path] of info) {
    if (kind === 'list' || kind === 'conffiles') continue
    await copyFile(path, join(folder, kind))
    await chmod(join(folder, kind), isScript(kind) ? 0o755 : 0o644)
  }
  const lines = conffiles.map(({ path }) => `${path}\n`).join('')
  if (lines !== '') await writeFile(join(folder, 'conffiles'), lines)
  return pack(`${folder}.tar.gz`, { from: [`--directory=${folder}`, '.'] }, run)
}

/** What only dpkg writes into its status; a line that begins with a space goes on with the field above it. */
const OWN_FIELDS =
  /^(Status|Config-Version|Conffiles|Triggers-Pending|Triggers-Awaited):.*\n(?: .*\n)*/gm

export const toControl = (stanza: string) => `${stanza.trimEnd()}\n`.replaceAll(OWN_FIELDS, '')

async function packData(folder: string, { files, linked, moved }: Contents, { run, root }: Deps) {
  await mkdir(folder, { mode: 0o755 })
  for (const path of linked) {
    await mkdir(join(folder, path), { recursive: true })
    await chmod(join(folder, path), 0o755)
  }
  const renames = [...moved].map(
    ([path, source]) => `--transform=flags=r;s|^${toPattern(`.${source}`)}$|${toText(`.${path}`)}|`,
  )
  const folders = [`--directory=${folder}`, '.', ...linked.map((path) => `.${path}`)]
  const others = [`--directory=${root}`, '--null', '--files-from=-']
  const input = files.map((path) => `.${moved.get(path) ?? path}\0`).join('')
  const from = ['--no-recursion', ...renames, ...folders, ...others]
  return pack(`${folder}.tar.gz`, { from, input }, run)
}

const toPattern = (path: string) => path.replaceAll(/[\\^$.*[\]|]/g, '\\$&')
const toText = (path: string) => path.replaceAll(/[\\&|]/g, '\\$&')

async function pack(
  file: string,
  { from, input = '' }: { from: string[]; input?: string },
  run: Run,
) {
  // Quick rather than small: it is for one host, and for a while.
  const how = ['--create', `--file=${file}`, '--use-compress-program=gzip -1', '--format=gnu']
  const { exitCode, stderr } = await run('tar', [...how, ...from], { input, minutes: 30 })
  if (exitCode === 0) return file
  throw new Failure('PKG_MANAGER_ERROR', `What is installed could not be read: ${stderr}`)
}
