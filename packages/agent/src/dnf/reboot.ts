import { readdir, readFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { readBootTime } from '../files/boot-time.ts'
import { orNull } from '../files/missing.ts'
import { nevraOf, readName, type Installed } from './installed.ts'
import type { RepositoryAdvisory } from './updateinfo.ts'
import { compareVersions } from './versions.ts'

/** Packages whose new version only counts once the host has started again, as `dnf needs-restarting` has them. */
const RESTARTS =
  /^(kernel|kernel-core|kernel-rt|kernel-rt-core|kernel-uek|kernel-uek-core|glibc|linux-firmware|systemd|dbus|dbus-broker|dbus-daemon|microcode_ctl)$/

export const restartsHost = (name: string) => RESTARTS.test(readName(name).plain)

type Host = {
  root: string
  kernel?: string
  /** Packages that took the place of an older version of theirs, as dnf spells them. */
  replaced: string[]
  /** Packages for which an advisory wants a reboot, each with the version that it came with. */
  wanted: { name: string; version: string }[]
}

/** Why the host runs something older than what is installed. */
export async function findReasons(
  installed: Installed[],
  { root, kernel = release(), replaced, wanted }: Host,
): Promise<string[]> {
  const boot = readBootTime(root)
  const listed = await readListed(join(root, 'etc/dnf/plugins/needs-restarting.d'))
  const isWanted = ({ plain, version }: Installed) =>
    restartsHost(plain) ||
    listed.has(plain) ||
    wanted.some((one) => one.name === plain && one.version === version)
  const late = installed.filter(
    (one) =>
      isWanted(one) &&
      boot !== null &&
      new Date(one.installed_at) > boot &&
      replaced.includes(nevraOf(one)),
  )
  const newest = findNewerKernel(installed, kernel)
  return [
    ...(newest ? [`The kernel ${newest} is installed, but ${kernel} runs.`] : []),
    ...(late.length > 0
      ? [`Updated since the host started: ${late.map(({ name }) => name).join(', ')}.`]
      : []),
  ]
}

/** Only where the running kernel is of a package: a container runs one that no package here will replace. */
function findNewerKernel(installed: Installed[], kernel: string): string | undefined {
  const kernels = installed.filter(({ plain }) => /^kernel(-rt|-uek)?-core$/.test(plain))
  const releaseOf = ({ version, architecture }: Installed) =>
    `${version.replace(/^\d+:/, '')}.${architecture}`
  const running = kernels.find((one) => releaseOf(one) === kernel)
  if (!running) return undefined
  const newest = kernels
    .filter(({ plain }) => plain === running.plain)
    .toSorted((a, b) => compareVersions(a.version, b.version))
    .at(-1)
  return newest && newest !== running ? releaseOf(newest) : undefined
}

/** What an administrator has added: a name on each line of each file. */
async function readListed(folder: string): Promise<Set<string>> {
  const names = (await orNull(readdir(folder))) ?? []
  const files = names.filter((name) => name.endsWith('.conf')).map((name) => join(folder, name))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return new Set(
    texts
      .join('\n')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  )
}

/** The packages for which the repositories' advisories want a reboot. */
export const wantedReboots = (advised: Map<string, RepositoryAdvisory[]>) =>
  [...advised.values()]
    .flat()
    .flatMap(({ packages }) => packages.filter(({ requires_reboot }) => requires_reboot))
