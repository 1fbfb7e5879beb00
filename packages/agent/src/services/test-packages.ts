import { Failure } from '@linux-patch/shared/failure'
import type { Package } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'
import type { PackageManager, Plan } from '../package-manager.ts'
import type { TestHost } from './test-host.ts'

const common = {
  architecture: 'amd64',
  description: 'A package',
  size_bytes: null,
  installed_at: null,
  security: null,
  blocked_by: null,
  maintainer: null,
  dependencies: [],
}

/** What apt would say on a test's host. */
export const packageManagerOf = (host: TestHost): PackageManager => ({
  name: 'apt',
  async list() {
    const packages = [...host.installed].map(([name, { version, state }]): Package => {
      const available_version = host.available.get(name) ?? null
      const upgradable = state === 'installed' && available_version !== version
      return { ...common, name, version, status: state, upgradable, available_version }
    })
    return { packages, lists_updated_at: host.lists_updated_at, lists_failure: null }
  },
  async get(name) {
    throw new Failure('PKG_NOT_FOUND', `${name} is not installed.`)
  },
  patches: async () => (host.lists_updated_at ? patchesOf(host) : []),
  async resolve(request) {
    const packages = request.packages.map(({ name, version }) => {
      const offered = host.available.get(name)
      if (offered === undefined) throw new Failure('PKG_NOT_FOUND', `There is no package ${name}.`)
      if (version !== null && version !== offered)
        throw new Failure('PKG_VERSION_CONFLICT', `Nobody offers ${name} ${version}.`)
      return { name, version: offered }
    })
    return { ...request, packages }
  },
  async plan({ packages }): Promise<Plan> {
    host.planned += 1
    if (host.planFailure) throw host.planFailure
    const changes = packages
      .map(({ name, version }) => ({
        name,
        version_before: host.installed.get(name)?.version ?? null,
        version_planned: version,
      }))
      .filter(({ version_before, version_planned }) => version_before !== version_planned)
      .map((one) => ({ ...one, action: one.version_before ? 'upgrade' : 'install' }) as const)
    return { changes, download_bytes: 1000, disk_bytes: 1000 }
  },
  download: ({ packages }) => commandOf('download', packages),
  install: ({ packages }) => commandOf('install', packages),
  progress(line) {
    const [kind, failed_package, percent, message = ''] = line.split(':')
    if (kind !== 'pm' && kind !== 'error') return undefined
    return {
      percent: Number(percent),
      message,
      failed_package: kind === 'error' ? (failed_package ?? '') : null,
    }
  },
  lockHolder: async () => host.lock,
  damage: async () => host.damage,
  repair: () => [commandOf('configure', []), commandOf('fix', [])],
  versions: async () => new Map(host.installed),
  automatic: async () => new Set(host.automatic),
  markAutomatic: async (names) => names.forEach((name) => host.automatic.add(name)),
  rebootRequired: async () => false,
})

const commandOf = (word: string, packages: { name: string }[]) => ({
  argv: [word, ...packages.map(({ name }) => name)],
  env: {},
})

function patchesOf({ installed, available }: TestHost): Patch[] {
  return [...installed]
    .filter(([name, { version }]) => available.get(name) !== version)
    .map(([name, { version }]) => ({
      id: `SEC-${name}-${available.get(name)}`,
      name: `${name} ${available.get(name)}`,
      severity: name === 'openssl' ? 'critical' : 'medium',
      severity_source: 'default',
      security: true,
      status: 'available',
      published_date: null,
      description: `from ${version}`,
      cve_ids: [],
      affected_packages: [name],
      requires_reboot: name === 'openssl',
      blocked_by: null,
    }))
}
