import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Services with a process that runs a file which was replaced or removed since; null where that cannot be told. `proc`
 * is the host's /proc.
 */
export const findOutdatedServices = (proc: string) =>
  findServices(proc, ({ maps }) => runsReplaced(maps))

/**
 * Services that would run what is not there any more, were these files replaced or removed: a process of theirs runs
 * one of them now, or their unit is among them. Null where that cannot be told.
 */
export function findServicesOf(proc: string, files: string[]): Promise<string[] | null> {
  const all = new Set(files.map(merged))
  return findServices(proc, ({ name, maps }) => all.has(unitFile(name)) || runsAnyOf(maps, all))
}

type Running = { name: string; maps: string }

async function findServices(proc: string, isMeant: (running: Running) => boolean) {
  const base = await readOrNone(join(proc, '1/cgroup'))
  // Who may not look into the first process cannot tell anything of the others.
  if (base === undefined || (await readOrNone(join(proc, '1/maps'))) === undefined) return null
  const services = new Set<string>()
  for (const pid of (await readdir(proc)).filter((name) => /^\d+$/.test(name))) {
    const name = parseService((await readOrNone(join(proc, pid, 'cgroup'))) ?? '', base)
    if (!name || services.has(name)) continue
    const maps = await readOrNone(join(proc, pid, 'maps'))
    if (maps && isMeant({ name, maps })) services.add(name)
  }
  return [...services].toSorted()
}

/** The unit of `getty@tty1.service` is `getty@.service`. */
const unitFile = (name: string) => `/lib/systemd/system/${name.replace(/@.*\./, '@.')}`

/** /usr/lib and /lib are one folder on the systems of today, and packages name it either way. */
const merged = (path: string) => path.replace(/^\/usr(?=\/(?:bin|sbin|lib\w*)\/)/, '')

function runsAnyOf(maps: string, files: Set<string>) {
  const executed = maps.matchAll(/^[0-9a-f]+-[0-9a-f]+ ..x. \S+ \S+ \d+ +(\/.*)$/gm)
  return [...executed].some(([, path = '']) => files.has(merged(path)))
}

/** A process may end while it is looked at. */
async function readOrNone(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Reads the maps of a process, where a file that was replaced is `(deleted)`. Only what a package brings, and only
 * what is executed, counts:
 *
 *     7f2c4a028000-7f2c4a17d000 r-xp 00028000 fe:00 1050345    /usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)
 *     addresses                 mode offset   device inode     file
 */
export const runsReplaced = (maps: string) =>
  /^[0-9a-f]+-[0-9a-f]+ ..x. \S+ \S+ \d+ +\/(usr|lib\w*|bin|sbin|opt)\/.* \(deleted\)$/m.test(maps)

/**
 * Reads the cgroup of a process: which service of this host it belongs to. `base` is that of its first process,
 * which in a container may have the names of what is around it in front.
 *
 *     0::/system.slice/dbus.service
 *     1:name=systemd:/system.slice/system-getty.slice/getty@tty1.service
 */
export function parseService(text: string, base: string): string | undefined {
  const above = pathOf(base)?.replace(/\/init\.scope$/, '') ?? ''
  const path = pathOf(text)
  if (!path?.startsWith(`${above}/`)) return undefined
  return /^\/system\.slice\/(?:[^/]+\.slice\/)*([^/]+\.service)(?:\/|$)/.exec(
    path.slice(above.length),
  )?.[1]
}

/** systemd's own hierarchy, or the only one. */
const pathOf = (text: string) =>
  /^\d+:name=systemd:(\/.*)$/m.exec(text)?.[1] ?? /^0::(\/.*)$/m.exec(text)?.[1]
