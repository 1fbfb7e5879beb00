import { join } from 'node:path'
import { keptAnswer } from '../files/kept-answer.ts'
import { namesIn, statOrNull } from '../files/missing.ts'

/** Where a host keeps what rpm and dnf decide by. Of rpm's databases a host has one; which, its age decides. */
const PATHS = [
  'var/lib/rpm/Packages',
  'var/lib/rpm/rpmdb.sqlite',
  'var/lib/rpm/rpmdb.sqlite-wal',
  'usr/lib/sysimage/rpm/rpmdb.sqlite',
  'usr/lib/sysimage/rpm/rpmdb.sqlite-wal',
  'var/lib/dnf/history.sqlite',
  'var/lib/dnf/history.sqlite-wal',
  'etc/dnf',
  'etc/dnf/plugins',
  'etc/dnf/modules.d',
  'etc/dnf/vars',
  'etc/dnf/libdnf5.conf.d',
  'etc/dnf/repos.override.d',
  'etc/yum.repos.d',
  'var/cache/dnf',
  'usr/lib/sysimage/libdnf5',
]

/** Keeps an answer until a file behind it changes. */
export const untilChanged = <Answer>(root: string, compute: () => Promise<Answer>) =>
  keptAnswer(() => fingerprint(root), compute)

/** Changes whenever something changes that rpm and dnf decide by. */
export async function fingerprint(root: string): Promise<string> {
  const marks = await Promise.all(PATHS.map((path) => markTree(join(root, path))))
  const repositories = await Promise.all((await repodataOf(root)).map(markTree))
  return [...marks, ...repositories].flat().join('\n')
}

/** Lists that a mirror calls unchanged are touched: they are known to be newer. */
async function repodataOf(root: string): Promise<string[]> {
  const caches = ['var/cache/dnf', 'var/cache/libdnf5'].map((path) => join(root, path))
  const found = caches.map(async (cache) => {
    const names = (await namesIn(cache)).filter((name) => /-[0-9a-f]{16}$/.test(name))
    return names.map((name) => join(cache, name, 'repodata'))
  })
  return (await Promise.all(found)).flat()
}

/** A file and, for a folder, the files directly in it: an edit in place leaves the folder's own time alone. */
async function markTree(path: string): Promise<string[]> {
  const found = await statOrNull(path)
  if (!found?.isDirectory()) return [toMark(path, found)]
  const names = (await namesIn(path)).filter((name) => !BESIDES.test(name))
  const inside = await Promise.all(names.toSorted().map((name) => statOrNull(join(path, name))))
  return inside.map((one, at) => (one?.isDirectory() ? '' : toMark(names[at] ?? '', one)))
}

/** What dnf makes of its lists when it first looks at them, and its locks: whoever asks would change the answer. */
const BESIDES = /\.(solvx?|pid|sqlite-shm)$|^(tempfiles|expired_repos)\.json$|^packages\.db$/

type Found = Awaited<ReturnType<typeof statOrNull>>

const toMark = (path: string, found: Found) =>
  found ? `${path} ${found.mtimeMs} ${found.size} ${found.ino}` : `${path} none`
