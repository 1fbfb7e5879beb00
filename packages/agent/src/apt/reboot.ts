import { readFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { readBootTime } from '../files/boot-time.ts'
import { statOrNull } from '../files/missing.ts'
import { parseUpdated } from './dpkg-log.ts'
import { orNone } from './exceptions.ts'
import type { Installed } from './installed.ts'
import { compareVersions } from './versions.ts'

/** Packages whose new version only counts once the host has started again. */
const RESTARTS =
  /^(linux-image-.*|linux-modules-.*|libc6|systemd|systemd-sysv|libsystemd.*|udev|libudev1|dbus|dbus-daemon|(intel|amd64)-microcode)(:\w+)?$/

export const restartsHost = (name: string) => RESTARTS.test(name)

type Host = { root: string; kernel?: string }

/**
 * Why the host runs something older than what is installed. Debian writes `/run/reboot-required` only where
 * unattended-upgrades is installed, so kernel and packages are looked at as well.
 */
export async function findReasons(
  installed: Installed[],
  { root, kernel = release() }: Host,
): Promise<string[]> {
  const present = installed.filter(({ status }) => status === 'installed')
  const [wishes, newest, updated] = await Promise.all([
    findWishes(root),
    findNewerKernel(present, { root, kernel }),
    findUpdated(present, root),
  ])
  const others = updated.filter((name) => !wishes?.includes(name))
  return [
    ...(wishes ? [sayWishes(wishes)] : []),
    ...(newest ? [`The kernel ${newest} is installed, but ${kernel} runs.`] : []),
    ...(others.length > 0 ? [`Updated since the host started: ${others.join(', ')}.`] : []),
  ]
}

const sayWishes = (names: string[]) =>
  names.length === 0
    ? 'The host was told that a reboot is required.'
    : `A reboot was asked for by ${names.join(', ')}.`

/**
 * The packages that asked for a reboot, or nothing where none did. `/run/reboot-required.pkgs` has a line for each
 * time one of them did so:
 *
 *     linux-image-6.1.0-44-amd64
 *     libc6
 *     libc6
 */
async function findWishes(root: string): Promise<string[] | undefined> {
  if (!(await statOrNull(join(root, 'run/reboot-required')))) return undefined
  const text = await orNone(readFile(join(root, 'run/reboot-required.pkgs'), 'utf8'))
  const names = (text ?? '').split('\n').map((line) => line.trim())
  return [...new Set(names.filter((name) => name !== ''))]
}

async function findNewerKernel(present: Installed[], { root, kernel }: Required<Host>) {
  // A container or a custom build runs a kernel that no package here will replace.
  const isOurs = await statOrNull(join(root, `boot/vmlinuz-${kernel}`))
  const newest = newestKernel(present)
  return isOurs && newest !== kernel ? newest : undefined
}

/** `linux-image-6.1.0-44-amd64` is the kernel 6.1.0-44-amd64; `linux-image-amd64` only points to one. */
function newestKernel(installed: Installed[]): string | undefined {
  return installed
    .map(({ name }) => /^linux-image-(?:unsigned-)?(\d\S*?)(?::\w+)?$/.exec(name)?.[1])
    .filter((kernel) => kernel !== undefined)
    .toSorted(compareVersions)
    .at(-1)
}

/** What was replaced since the host started. What came for the first time replaced nothing that runs. */
async function findUpdated(present: Installed[], root: string): Promise<string[]> {
  const boot = readBootTime(root)
  const late = present.filter(
    (one) => boot !== null && restartsHost(one.name) && cameAfter(one, boot),
  )
  if (late.length === 0) return []
  const log = join(root, 'var/log/dpkg.log')
  const texts = await Promise.all([`${log}.1`, log].map((file) => orNone(readFile(file, 'utf8'))))
  const updated = parseUpdated(texts.join(''))
  // Of what the log does not know, the worse is taken for true.
  return late
    .filter(
      ({ name, architecture }) =>
        updated.get(name.includes(':') ? name : `${name}:${architecture}`) ?? true,
    )
    .map(({ name }) => name)
}

const cameAfter = ({ installed_at }: Installed, boot: Date) =>
  installed_at !== null && new Date(installed_at) > boot
