import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CACHE, CHECKOUT } from './places.ts'
import { run } from './run.ts'

export type DnfBase = 'dnf' | 'dnf5'
export type Base = 'debian-12' | 'debian-13' | 'ubuntu-24.04' | DnfBase | 'machine'

export const livesByDnf = (base: Base): base is DnfBase => base === 'dnf' || base === 'dnf5'

/** What a host made of this machine must not see; each is covered by an empty folder. */
const PRIVATE = [
  '/root',
  '/home',
  '/srv',
  '/mnt',
  '/media',
  CHECKOUT,
  CACHE,
  '/etc/linux_patch_manager',
  '/var/lib/linux_patch_manager',
]

const MINIMAL = [
  'etc/systemd/system/timers.target.wants',
  'etc/apt/sources.list',
  'etc/apt/sources.list.d',
]

/** What a host has its own of: this machine's units, agent and package sources are not for it. */
const OWN = {
  'debian-12': MINIMAL,
  'debian-13': MINIMAL,
  'ubuntu-24.04': MINIMAL,
  dnf: MINIMAL,
  dnf5: MINIMAL,
  machine: [
    'etc/systemd/system',
    ...['0', '1', '2', '3', '4', '5', '6', 'S'].map((level) => `etc/rc${level}.d`),
    'etc/fstab',
    'etc/apt/sources.list',
    'etc/apt/sources.list.d',
    'var/lib/apt/lists',
    'usr/sbin/policy-rc.d', // in a container's image it keeps packages from starting services
    'etc/linux_patch_api',
    'var/lib/linux_patch_api',
    'var/cache/linux_patch_api',
  ],
} satisfies Record<Base, string[]>

/** The folders to cover; one inside another would be made again, and show its name. */
export function privateFolders(more: string[] = []): string[] {
  const all = [...PRIVATE, ...more].filter((path) => existsSync(path))
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)))
}

/** How a root is made: layers below, and a disk in memory that takes what the host writes. */
export type Disk = { folder: string; lower: string; size: string }

/**
 * The disk is a tmpfs because the kernel refuses an overlay whose upper layer lies inside a lower
 * one, which is where any folder of this machine would be; and one unmount removes all of it.
 */
export async function mountRoot({ folder, lower, size }: Disk): Promise<string> {
  const [disk, root] = [join(folder, 'disk'), join(folder, 'root')]
  await mkdir(disk, { recursive: true })
  await mkdir(root)
  await run(['mount', '-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', disk])
  await mkdir(join(disk, 'upper'))
  await mkdir(join(disk, 'work'))
  const layers = `lowerdir=${lower},upperdir=${disk}/upper,workdir=${disk}/work`
  await run(['mount', '-t', 'overlay', '-o', layers, 'overlay', root])
  return root
}

export type Identity = { name: string; machine_id: string; files: Record<string, string> }

export const newMachineId = () => randomBytes(16).toString('hex')

/** Makes a fresh root into the root of one host. */
export async function furnish(root: string, base: Base, { name, machine_id, files }: Identity) {
  for (const path of OWN[base]) await empty(join(root, path))

  const own = { 'etc/hostname': `${name}\n`, 'etc/machine-id': `${machine_id}\n`, ...files }
  for (const [path, text] of Object.entries({ 'etc/resolv.conf': '', ...own })) {
    const file = join(root, path)
    await rm(file, { force: true }) // it may be a link to somewhere else
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}

/** Removes a file, or all that is in a folder. */
async function empty(path: string) {
  if (!existsSync(path)) return
  const names = await readdir(path).catch(() => undefined)
  if (!names) return rm(path)
  for (const name of names) await rm(join(path, name), { recursive: true })
}
