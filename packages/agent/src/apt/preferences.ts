import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../files/missing.ts'

/** One pin of an administrator's, and the file it is in. */
export type Preference = { file: string; packages: string[]; pin: string; priority: number }

/**
 * Reads a file of apt_preferences(5); text before the first field and after an empty line is another record:
 *
 *     Explanation: the new one breaks the shop
 *     Package: nginx nginx-*          names, globs, /expressions/ or src:name
 *     Pin: version 1.18*
 *     Pin-Priority: 1001
 */
export function parsePreferences(text: string, file: string): Preference[] {
  const records = text.split(/\n\s*\n/)
  return records.flatMap((record) => {
    const field = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(.+)$`, 'im').exec(record)?.[1]?.trim()
    const [packages, pin, priority] = [field('Package'), field('Pin'), field('Pin-Priority')]
    if (packages === undefined || pin === undefined || !/^-?\d+$/.test(priority ?? '')) return []
    return [{ file, packages: packages.split(/\s+/), pin, priority: Number(priority) }]
  })
}

/** In the order in which apt reads them. */
export async function readPreferences(root: string): Promise<Preference[]> {
  const folder = '/etc/apt/preferences.d'
  const names = await orNothing(readdir(join(root, folder)), [])
  const own = names.filter((name) => /^[\w-]+(\.pref)?$/.test(name)).toSorted()
  const files = [...own.map((name) => `${folder}/${name}`), '/etc/apt/preferences']
  const texts = await Promise.all(
    files.map((file) => orNothing(readFile(join(root, file), 'utf8'), '')),
  )
  return files.flatMap((file, at) => parsePreferences(texts[at] ?? '', file))
}

async function orNothing<Value>(promise: Promise<Value>, nothing: Value): Promise<Value> {
  try {
    return await promise
  } catch (error) {
    if (isMissing(error)) return nothing
    throw error
  }
}

type Named = { name: string; source: string }

/** The first record about a package that gives it this priority. */
export const findPreference = (preferences: Preference[], named: Named, priority: number) =>
  preferences.find(
    (one) => one.priority === priority && one.packages.some((pattern) => matches(pattern, named)),
  )

function matches(pattern: string, { name, source }: Named): boolean {
  const plain = name.split(':')[0] ?? name
  try {
    if (pattern.startsWith('src:')) return glob(pattern.slice(4)).test(source)
    if (/^\/.*\/$/.test(pattern)) return new RegExp(pattern.slice(1, -1)).test(plain)
    return glob(pattern.split(':')[0] ?? pattern).test(plain)
  } catch {
    // An expression that only POSIX understands is taken for another package's.
    return false
  }
}

const glob = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^$()|\\{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
