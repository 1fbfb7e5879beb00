import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import { isMissing } from '../files/missing.ts'
import { programs, type Run } from '../run.ts'
import { configurationOf } from './saved-file.ts'

export type Conffile = {
  path: string
  /** MD5 of it as the package brought it. */
  digest: string
  /** The installed version of the package does not bring it any more. */
  isObsolete: boolean
}

/**
 * Reads the Conffiles of a stanza of dpkg's status:
 *
 *     Conffiles:
 *      /etc/lab-conf.conf 6d0e0b8d8dcd1bbda22a1ad4f6d3a9d6
 *      /etc/lab-old.conf 8d777f385d3dfec8815d20f7496026dc obsolete
 *      path              digest                           flags
 */
export function parseConffiles(stanza: string): Conffile[] {
  const lines = /^Conffiles:(?<lines>(?:\n .*)*)/m.exec(stanza)?.groups?.['lines'] ?? ''
  return [...lines.matchAll(/^ (\/.*) (newconffile|[0-9a-f]{32})((?: [a-z-]+)*)$/gm)].map(
    ([, path = '', digest = '', flags = '']) => ({
      path,
      digest,
      isObsolete: flags.includes(' obsolete'),
    }),
  )
}

/** What somebody did to a configuration file since it came. */
export async function findEdit({ path, digest }: Conffile, root: string) {
  try {
    const now = createHash('md5').update(await readFile(join(root, path)))
    return now.digest('hex') === digest ? 'none' : 'changed'
  } catch (error) {
    if (isMissing(error)) return 'deleted'
    throw error
  }
}

type Place = { path: string; listed: string[]; root: string }

/**
 * Keeps the configuration files that a package would not bring again as they are, beside the saved package: to
 * purge it deletes them. The folders that they lie in are kept with their modes.
 */
export async function keepConfiguration(
  conffiles: Conffile[],
  { path, listed, root }: Place,
  run: Run,
): Promise<void> {
  const edits = await Promise.all(conffiles.map((one) => findEdit(one, root)))
  const kept = conffiles
    .filter(({ isObsolete }, at) => edits[at] === 'changed' || (isObsolete && edits[at] === 'none'))
    .map((one) => one.path)
  if (kept.length === 0) return
  const folders = listed.filter((folder) => kept.some((file) => isInside(file, folder)))
  const target = `--file=${configurationOf(path)}`
  const from = ['--no-recursion', `--directory=${root}`, '--null', '--files-from=-']
  const input = [...folders, ...kept].map((name) => `.${name}\0`).join('')
  const { exitCode, stderr } = await run('tar', ['--create', target, ...from], { input })
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `The configuration could not be kept: ${stderr}`)
}

const isInside = (file: string, folder: string) => `${dirname(file)}/`.startsWith(`${folder}/`)

/**
 * Has apt put the kept configuration back before dpkg unpacks. What is there already stays, and dpkg takes what it
 * then finds for a change of the administrator's, which it was: so the next update keeps it too.
 */
export const restoreOptions = (files: string[]): string[] =>
  files
    .map(configurationOf)
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      const command = `${programs.tar} --extract --file=${path} --directory=/ --skip-old-files`
      return ['-o', `DPkg::Pre-Invoke::=${command}`]
    })
