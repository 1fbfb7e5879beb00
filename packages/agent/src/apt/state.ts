import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { keptAnswer } from '../files/kept-answer.ts'
import { statOrNull } from '../files/missing.ts'

/** Where a host keeps what apt and dpkg decide by; `root` is `/` but in tests. */
export const statePaths = (root: string) => ({
  status: join(root, 'var/lib/dpkg/status'),
  journal: join(root, 'var/lib/dpkg/updates'),
  lists: join(root, 'var/lib/apt/lists'),
  others: [
    'var/lib/apt/extended_states',
    'etc/apt/apt.conf',
    'etc/apt/apt.conf.d',
    'etc/apt/preferences',
    'etc/apt/preferences.d',
    'etc/apt/sources.list',
    'etc/apt/sources.list.d',
  ].map((path) => join(root, path)),
})
export type StatePaths = ReturnType<typeof statePaths>
/** What an answer depends on: all of a host's state, or its package lists whatever is installed. */
type Watched = Pick<StatePaths, 'lists' | 'others'> & Partial<StatePaths>

/** Keeps an answer until a file behind it changes. */
export const untilChanged = <Answer>(paths: Watched, compute: () => Promise<Answer>) =>
  keptAnswer(() => fingerprint(paths), compute)

/** Changes whenever something changes that apt and dpkg decide by. */
export async function fingerprint({ status, journal, lists, others }: Watched): Promise<string> {
  const paths = [status, journal, lists, ...others].filter((path) => path !== undefined)
  const marks = await Promise.all(paths.map(markTree))
  return marks.flat().join('\n')
}

/** A file and, for a folder, what is directly in it: an edit in place leaves the folder's own time alone. */
async function markTree(path: string): Promise<string[]> {
  const found = await statOrNull(path)
  if (!found?.isDirectory()) return [toMark(path, found)]
  const names = await readdir(path)
  const inside = await Promise.all(names.toSorted().map((name) => statOrNull(join(path, name))))
  // apt touches folders of its own in there whenever it runs.
  const files = inside.map((one, at) => (one?.isDirectory() ? '' : toMark(names[at] ?? '', one)))
  return [toMark(path, found), ...files]
}

type Found = Awaited<ReturnType<typeof statOrNull>>

const toMark = (path: string, found: Found) =>
  // Lists that an archive calls unchanged keep their mtime, and yet are known to be newer.
  found ? `${path} ${found.mtimeMs} ${found.ctimeMs} ${found.size} ${found.ino}` : `${path} none`
