import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { namesIn, orNull } from '../files/missing.ts'

const PACKAGES = /_Packages(\.\w+)?$/
const RELEASE = /_(In)?Release$/

export const listsExist = async (folder: string): Promise<boolean> =>
  (await namesIn(folder)).some((name) => PACKAGES.test(name))

/**
 * Since when the lists of every source are known to be current. apt gives a Release file its mode anew each time
 * that it finds its signature right, also where the archive only says "not modified", and leaves it alone when
 * anything fails: so the time of that change is when its archive was last heard, and the oldest one counts. Its
 * own mtime is the archive's, and the folder `partial` changes with every try. A source without a signature has
 * no such moment: it tells when it last changed, which is too old and never too new.
 */
export async function listsUpdatedAt(folder: string): Promise<string | null> {
  const names = await namesIn(folder)
  const releases = names.filter((name) => RELEASE.test(name))
  const told = releases.length > 0 ? releases : names.filter((name) => PACKAGES.test(name))
  const times = await Promise.all(told.map((name) => changedAt(join(folder, name))))
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : new Date(Math.min(...known)).toISOString()
}

/** Of a link itself: what it leads to changes without apt. */
const changedAt = async (path: string): Promise<number | null> =>
  (await orNull(lstat(path)))?.ctimeMs ?? null
