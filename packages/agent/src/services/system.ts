import { readFileSync } from 'node:fs'
import { hostname, machine, release } from 'node:os'
import { join } from 'node:path'
import type { SystemInfo } from '@linux-patch/shared/agent-api/system'
import { version } from '../config.ts'
import { readBootTime } from '../files/boot-time.ts'
import type { PackageManager } from '../package-manager.ts'

type Deps = {
  packageManager: Pick<PackageManager, 'name' | 'rebootReasons'>
  now?: () => Date
  /** Where the host's files are; another folder only in tests. */
  root?: string
}

export const systemService = ({ packageManager, now = () => new Date(), root = '/' }: Deps) => ({
  async info(): Promise<SystemInfo> {
    const reboot_reasons = await packageManager.rebootReasons()
    const os = parseOsRelease(readFileSync(join(root, 'etc/os-release'), 'utf8'))
    const bootedAt = readBootTime(root)
    if (!bootedAt) throw new Error('/proc does not say when this host started')
    return {
      hostname: hostname(),
      os: {
        name: os.get('NAME') ?? 'Linux',
        version: os.get('VERSION_ID') ?? '',
        codename: os.get('VERSION_CODENAME') ?? '',
        architecture: architecture(packageManager.name),
      },
      kernel: { version: release(), architecture: machine() },
      uptime_seconds: Math.max(0, Math.floor((now().getTime() - bootedAt.getTime()) / 1000)),
      last_boot: bootedAt.toISOString(),
      package_manager: packageManager.name,
      api_version: '1.0.0',
      service_status: 'running',
      agent_version: version,
      machine_id: readFileSync(join(root, 'etc/machine-id'), 'utf8').trim(),
      boot_id: readBootId(root),
      pending_reboot: reboot_reasons.length > 0,
      reboot_reasons,
    }
  },
})

/** Another one after every boot. */
export const readBootId = (root = '/') =>
  readFileSync(join(root, 'proc/sys/kernel/random/boot_id'), 'utf8').trim()

/** dpkg has names of its own for what the kernel calls otherwise. */
const debianNames = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armv7l', 'armhf'],
  ['i686', 'i386'],
])

const architecture = (packageManager: PackageManager['name']) =>
  packageManager === 'apt' ? (debianNames.get(machine()) ?? machine()) : machine()

/**
 * Reads os-release, whose values are quoted as in a shell where they need it:
 *
 *     PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
 *     VERSION_CODENAME=bookworm
 */
export const parseOsRelease = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/^([A-Z][A-Z0-9_]*)=(["']?)(.*)\2\s*$/gm)].map(
      ([, name = '', , value = '']) => [name, value.replaceAll(/\\(["'$`\\])/g, '$1')],
    ),
  )
