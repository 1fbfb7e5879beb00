import { join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import { PackageName } from '@linux-patch/shared/package'
import type { Advisory } from '../advisories/advisory.ts'
import {
  noLists,
  type Mark,
  type PackageManager,
  type TransactionRequest,
} from '../package-manager.ts'
import type { Run } from '../run.ts'
import { withPatience } from './again.ts'
import { canSave } from './can-save.ts'
import {
  archiveOptions,
  cacheOptions,
  downloadCommand,
  installCommand,
  jobCacheOptions,
  refreshCommand,
} from './commands.ts'
import { findDamage, repairCommands } from './damage.ts'
import { readDetail } from './detail.ts'
import { isEcho, levelOf } from './errors.ts'
import { exclusionOptions } from './exclusions.ts'
import { withFreshCache } from './fresh-cache.ts'
import { listsExist } from './freshness.ts'
import { cutRequest } from './groups.ts'
import { queryInstalled, type Installed } from './installed.ts'
import { invert } from './inverse.ts'
import { lister } from './listing.ts'
import { lockHolder } from './lock-holder.ts'
import { findAffected, findOutdated } from './outdated.ts'
import { patchFinder } from './patches.ts'
import { makePlan, simulate } from './plan.ts'
import { findReasons } from './reboot.ts'
import { refuseVital, resolveRemoval } from './removal.ts'
import { remembered } from './remembered.ts'
import { resolvePackages, withoutExcluded } from './resolve.ts'
import { savePackages } from './save.ts'
import { takeSnapshot } from './snapshot.ts'
import { solver } from './solver.ts'
import { rememberedStanzas } from './stanzas.ts'
import { statePaths, untilChanged } from './state.ts'
import { readProgress } from './status-fd.ts'
import { askPolicy, readKnown } from './updates.ts'

type Options = {
  /** A folder of the agent's own, for apt's caches and for the pins of excluded packages. */
  cacheFolder: string
  /** Where the host's files are; another folder only in tests. */
  root?: string
  /** The advisories that the manager has sent, as they are now; none where it sends none. */
  advisories?: () => Promise<Advisory[]>
}

const nothing: Advisory[] = []

export function apt(bareRun: Run, options: Options): PackageManager {
  const { cacheFolder, root = '/', advisories = async () => nothing } = options
  const paths = statePaths(root)
  const run = withFreshCache(withPatience(bareRun), { paths, cacheFolder })
  const askInstalled = untilChanged(paths, () => queryInstalled(run))
  const archives = { run, paths, cacheOptions: cacheOptions(cacheFolder) }
  const deps = { ...archives, root, askInstalled, askStanzas: rememberedStanzas(archives) }
  const known = untilChanged(paths, () => readKnown(deps))
  const upgrade = solver(deps)
  const toList = lister(upgrade)
  const findPatches = patchFinder({ ...deps, solver: upgrade, advisories })
  const optionsFor = (request: TransactionRequest, caches: string[]) => [
    ...archiveOptions(request, caches),
    ...exclusionOptions(request.exclude_packages, { cacheFolder, root }),
  ]
  const asking = remembered(run, paths)
  const depsFor = (request: TransactionRequest) => ({
    ...deps,
    run: asking,
    options: optionsFor(request, deps.cacheOptions),
  })
  const jobCaches = jobCacheOptions(cacheFolder)
  const work = (request: TransactionRequest, job: string) => ({
    request,
    job,
    options: optionsFor(request, jobCaches),
  })

  return {
    name: 'apt',
    list: async () => toList(await known()),
    async get(name) {
      const now = await known()
      return readDetail(name, { ...now, solution: upgrade.soFar(now) }, root)
    },
    async patches() {
      if (await listsExist(paths.lists)) upgrade.begin()
      return findPatches(await known())
    },
    resolve: async (request) => resolve(request, await byName(askInstalled), deps),
    plan: async (request) => makePlan(request, await byName(askInstalled), depsFor(request)),
    changes: (request) => simulate(request, depsFor(request)),
    groups: async (request) => cutRequest(request, await byName(askInstalled), depsFor(request)),
    download: (request, job) => downloadCommand(work(request, job)),
    install: (request, job) => installCommand(work(request, job)),
    refresh: (job) => refreshCommand(job, jobCaches),
    progress: readProgress,
    levelOf,
    isEcho,
    onStop: 'dpkg first finishes the packages it is at',
    lockHolder: () => lockHolder(root),
    damage: () => findDamage({ ...deps, journal: paths.journal }),
    repair: repairCommands,
    snapshot: () => takeSnapshot(run, join(root, 'var/lib/apt/extended_states')),
    mark: (names, as) => mark(names, as, deps),
    canSave: async (plan) => canSave(plan, await byName(askInstalled), deps),
    save: async (plan, folder) =>
      savePackages(plan, folder, { ...deps, installed: await byName(askInstalled) }),
    inverse: invert,
    rebootReasons: async () => findReasons(await askInstalled(), { root }),
    outdatedServices: () => findOutdated({ run, root }),
    servicesOf: async (plan) => findAffected(plan, { installed: await byName(askInstalled), root }),
  }
}

const isName = (name: string) => PackageName.safeParse(name).success

const byName = async (ask: () => Promise<Installed[]>): Promise<Map<string, Installed>> =>
  new Map((await ask()).map((one) => [one.name, one]))

type Deps = Parameters<typeof readKnown>[0]

async function resolve(
  request: TransactionRequest,
  installed: Map<string, Installed>,
  deps: Deps,
): Promise<TransactionRequest> {
  const remove = removalOf(request, installed)
  await refuseVital(remove, deps.run)
  const names = withoutExcluded(request).map(({ name }) => name)
  const policies = await askPolicy(deps, names.filter(isName))
  const packages = resolvePackages(request, { installed, policies })
  // What is installed is all that apt knows then: it would find nothing newer, and nothing to do.
  if (packages.length > 0 && !(await listsExist(deps.paths.lists))) throw noLists()
  return { ...request, remove, packages }
}

/** A rollback takes away what its job brought, if it is still there; nothing but a removal names any other. */
function removalOf(request: TransactionRequest, installed: Map<string, Installed>): string[] {
  if (request.operation === 'remove') return resolveRemoval(request, installed)
  if (request.operation !== 'rollback') return []
  const isThere = (name: string) => (installed.get(name)?.status ?? 'residual') !== 'residual'
  return resolveRemoval({ ...request, remove: request.remove.filter(isThere) }, installed)
}

const words = { automatic: 'auto', manual: 'manual' } as const

async function mark(names: string[], as: Mark, { run, cacheOptions }: Deps): Promise<void> {
  const strange = names.find((name) => !isName(name))
  if (strange) throw new Error(`${strange} is not the name of a package`)
  if (names.length === 0) return
  const { exitCode, stderr } = await run('aptMark', [...cacheOptions, words[as], ...names])
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `apt-mark could not give the marks back: ${stderr}`)
}
