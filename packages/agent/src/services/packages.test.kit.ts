import { Failure } from '@linux-patch/shared/failure'
import type { Package } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'
import type { TransactionChange } from '@linux-patch/shared/transaction'
import type {
  PackageManager,
  Plan,
  PlannedChange,
  Saved,
  Snapshot,
  TransactionRequest,
} from '../package-manager.ts'
import type { TestHost } from './host.test.kit.ts'

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
  resolve: async (request) => resolve(host, request),
  plan: async (request): Promise<Plan> => ({
    changes: simulate(host, request),
    download_bytes: 1000,
    disk_bytes: 1000,
  }),
  changes: async (request) => simulate(host, request),
  groups: async (request) => request.packages.map((wanted) => ({ ...request, packages: [wanted] })),
  download: (request) => commandOf('download', wordsOf(request)),
  install: (request) => commandOf('install', wordsOf(request)),
  refresh: () => commandOf('refresh', []),
  progress(line) {
    const [kind, failed_package, percent, message = ''] = line.split(':')
    if (kind !== 'pm' && kind !== 'fetch' && kind !== 'error') return undefined
    return {
      percent: Number(percent),
      message,
      is_download: kind === 'fetch',
      failed_package: kind === 'error' ? (failed_package ?? '') : null,
    }
  },
  levelOf: (line) => (line.startsWith('E:') ? 'error' : 'info'),
  onStop: 'what is under way is finished',
  isEcho: (error) => error.startsWith('E: echo'),
  lockHolder: async () => host.lock,
  damage: async () => host.damage,
  repair: () => [commandOf('configure', []), commandOf('fix', [])],
  snapshot: async () => snapshotOf(host),
  mark: async (names, as) =>
    names.forEach((name) => host.automatic[as === 'automatic' ? 'add' : 'delete'](name)),
  canSave: async ({ changes }) => {
    const lost = changes.find(({ name }) => !host.savable.has(name))?.name
    return { possible: !lost, reason: lost ? `${lost} is nowhere` : null }
  },
  save: async (plan, folder) => save(host, plan, folder),
  inverse,
  rebootReasons: async () => host.rebootReasons,
  outdatedServices: async () => null,
  servicesOf: async ({ changes }) =>
    changes.filter(({ action }) => action !== 'install').map(({ name }) => `${name}.service`),
})

function simulate(host: TestHost, request: TransactionRequest) {
  host.planned += 1
  host.onPlan(request)
  if (host.planFailure) throw host.planFailure
  return changesOf(host, request)
}

const commandOf = (word: string, words: string[]) => ({ argv: [word, ...words], env: {} })

const wordsOf = ({ packages, remove, files }: TransactionRequest) => [
  ...packages.map(({ name, version }) => `${name}=${version}`),
  ...remove.map((name) => `${name}-`),
  ...files.map((file) => file.slice(file.lastIndexOf('/') + 1)),
]

function resolve(host: TestHost, request: TransactionRequest): TransactionRequest {
  const packages = request.packages.map(({ name, version }) => {
    const offered = host.available.get(name)
    if (offered === undefined) throw new Failure('PKG_NOT_FOUND', `There is no package ${name}.`)
    if (version !== null && version !== offered)
      throw new Failure('PKG_VERSION_CONFLICT', `Nobody offers ${name} ${version}.`)
    return { name, version: offered }
  })
  const absent = request.remove.find((name) => !host.installed.has(name))
  if (absent) throw new Failure('PKG_NOT_FOUND', `${absent} is not installed.`)
  return { ...request, packages }
}

function changesOf({ installed }: TestHost, request: TransactionRequest): TransactionChange[] {
  const coming = [
    ...request.packages.map(({ name, version }) => ({ name, version_planned: version })),
    ...request.files.map((file) => {
      const [name = '', version_planned = ''] = file.slice(file.lastIndexOf('/') + 1).split('=')
      return { name, version_planned }
    }),
    ...request.remove.map((name) => ({ name, version_planned: null })),
  ]
  return coming
    .map((one) => ({ ...one, version_before: installed.get(one.name)?.version ?? null }))
    .filter(({ version_before, version_planned }) => version_before !== version_planned)
    .map((one) => ({
      ...one,
      action: actionOf(one),
      download_bytes: one.version_planned === null ? null : 1000,
      origins: [],
      security: false,
    }))
}

function actionOf({
  version_before,
  version_planned,
}: Pick<PlannedChange, 'version_before' | 'version_planned'>): PlannedChange['action'] {
  if (version_planned === null) return 'remove'
  if (version_before === null) return 'install'
  return version_planned > version_before ? 'upgrade' : 'downgrade'
}

const snapshotOf = ({ installed, automatic }: TestHost): Snapshot =>
  Object.fromEntries(
    [...installed].map(([name, one]) => [name, { ...one, automatic: automatic.has(name) }]),
  )

function save(host: TestHost, { changes }: Plan, folder: string): Saved {
  if (host.saveFailure) throw host.saveFailure
  const old = changes.filter(({ version_before }) => version_before !== null)
  const [kept, lost] = [true, false].map((isKept) =>
    old.filter(({ name }) => host.savable.has(name) === isKept),
  )
  return {
    files: Object.fromEntries(
      (kept ?? []).map(({ name, version_before }) => [name, `${folder}/${name}=${version_before}`]),
    ),
    missing: Object.fromEntries((lost ?? []).map(({ name }) => [name, 'nobody has it'])),
  }
}

function inverse(before: Snapshot, after: Snapshot, { files }: Saved): TransactionRequest {
  const changed = Object.keys(before).filter(
    (name) => after[name]?.version !== before[name]?.version,
  )
  return {
    operation: 'rollback',
    packages: changed
      .filter((name) => files[name] === undefined)
      .map((name) => ({ name, version: before[name]?.version ?? null })),
    remove: Object.keys(after).filter((name) => before[name] === undefined),
    files: changed.map((name) => files[name]).filter((file) => file !== undefined),
    exclude_packages: [],
    force: false,
    purge: true,
    no_recommends: true,
    allow_downgrade: true,
  }
}

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
