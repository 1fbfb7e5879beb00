import { release } from 'node:os'
import { join } from 'node:path'
import { readBootTime } from '../files/boot-time.ts'
import type { Installed } from './installed.ts'
import { statOrNull } from './state.ts'
import { compareVersions } from './versions.ts'

/** Packages whose new version only counts once the host has started again. */
const RESTARTS =
  /^(linux-image-.*|linux-modules-.*|libc6|systemd|systemd-sysv|libsystemd.*|udev|libudev1|dbus|dbus-daemon|(intel|amd64)-microcode)(:\w+)?$/

export const restartsHost = (name: string) => RESTARTS.test(name)

type Host = { root: string; kernel: string }

/**
 * Whether the host runs something older than what is installed. Debian writes `/run/reboot-required` only where
 * unattended-upgrades is installed, so kernel and packages are looked at as well.
 */
export async function needsReboot(
  installed: Installed[],
  { root, kernel }: Host = { root: '/', kernel: release() },
): Promise<boolean> {
  const [flag, ownKernel] = await Promise.all([
    statOrNull(join(root, 'run/reboot-required')),
    // A container or a custom build runs a kernel that no package here will replace.
    statOrNull(join(root, `boot/vmlinuz-${kernel}`)),
  ])
  const present = installed.filter(({ status }) => status === 'installed')
  const newest = newestKernel(present)
  if (flag || (ownKernel && newest !== undefined && newest !== kernel)) return true
  const boot = readBootTime(root)
  return boot !== null && present.some((one) => restartsHost(one.name) && cameAfter(one, boot))
}

const cameAfter = ({ installed_at }: Installed, boot: Date) =>
  installed_at !== null && new Date(installed_at) > boot

/** `linux-image-6.1.0-44-amd64` is the kernel 6.1.0-44-amd64; `linux-image-amd64` only points to one. */
function newestKernel(installed: Installed[]): string | undefined {
  return installed
    .map(({ name }) => /^linux-image-(?:unsigned-)?(\d\S*?)(?::\w+)?$/.exec(name)?.[1])
    .filter((kernel) => kernel !== undefined)
    .toSorted(compareVersions)
    .at(-1)
}
