import { Failure } from '@linux-patch/shared/failure'
import { PackageName } from '@linux-patch/shared/package'
import { noLists, type PackageManager, type TransactionRequest } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { cacheOptions, downloadCommand, installCommand } from './commands.ts'
import { findDamage, repairCommands } from './damage.ts'
import { readDetail } from './detail.ts'
import { exclusionOptions } from './exclusions.ts'
import { listsExist } from './freshness.ts'
import { queryInstalled, type Installed } from './installed.ts'
import { toListing } from './listing.ts'
import { lockHolder } from './lock-holder.ts'
import { toPatches } from './patches.ts'
import { askStanzas, makePlan } from './plan.ts'
import { needsReboot } from './reboot.ts'
import { resolvePackages, withoutExcluded } from './resolve.ts'
import { statePaths, untilChanged } from './state.ts'
import { readProgress } from './status-fd.ts'
import { askPolicy, readKnown, type Known } from './updates.ts'

type Options = {
  /** A folder of the agent's own, for apt's caches and for the pins of excluded packages. */
  cacheFolder: string
  /** Where the host's files are; another folder only in tests. */
  root?: string
}

export function apt(run: Run, { cacheFolder, root = '/' }: Options): PackageManager {
  const paths = statePaths(root)
  const deps = { run, paths, cacheOptions: cacheOptions(cacheFolder) }
  const known = untilChanged(paths, () => readKnown(deps))
  const listing = untilChanged(paths, async () => toListing(await known()))
  const patches = untilChanged(paths, () => findPatches(deps, known))
  const optionsFor = ({ exclude_packages }: TransactionRequest) => [
    ...deps.cacheOptions,
    ...exclusionOptions(exclude_packages, { cacheFolder, root }),
  ]

  return {
    name: 'apt',
    list: listing,
    get: async (name) => readDetail(name, await known(), root),
    patches,
    async resolve(request) {
      const names = withoutExcluded(request).map(({ name }) => name)
      const [installed, policies] = await Promise.all([
        byName(run),
        askPolicy(deps, names.filter(isName)),
      ])
      const packages = resolvePackages(request, { installed, policies })
      // What is installed is all that apt knows then: it would find nothing newer, and nothing to do.
      if (!(await listsExist(paths.lists))) throw noLists()
      return { ...request, packages }
    },
    plan: async (request) =>
      makePlan(request, await byName(run), { ...deps, options: optionsFor(request) }),
    download: (request, job) => downloadCommand({ request, job, options: optionsFor(request) }),
    install: (request, job) => installCommand({ request, job, options: optionsFor(request) }),
    progress: readProgress,
    lockHolder: () => lockHolder(root),
    damage: () => findDamage({ ...deps, journal: paths.journal }),
    repair: repairCommands,
    async versions() {
      const installed = await queryInstalled(run)
      return new Map(
        installed.map(({ name, version, status }) => [name, { version, state: status }]),
      )
    },
    automatic: () => askAutomatic(deps),
    markAutomatic: (names) => markAutomatic(names, deps),
    rebootRequired: async () => needsReboot(await queryInstalled(run)),
  }
}

const isName = (name: string) => PackageName.safeParse(name).success

const byName = async (run: Run): Promise<Map<string, Installed>> =>
  new Map((await queryInstalled(run)).map((one) => [one.name, one]))

type Deps = Parameters<typeof readKnown>[0]

async function findPatches(deps: Deps, known: () => Promise<Known>) {
  const now = await known()
  const exact = [...(now.updates ?? [])].map(([name, { version }]) => `${name}=${version}`)
  return toPatches(now, await askStanzas(exact, deps))
}

async function askAutomatic({ run, cacheOptions }: Deps): Promise<Set<string>> {
  const { exitCode, stdout, stderr } = await run('aptMark', [...cacheOptions, 'showauto'])
  if (exitCode === 0) return new Set(stdout.split('\n').filter((name) => name !== ''))
  throw new Failure('PKG_MANAGER_ERROR', `apt-mark could not list what it marked: ${stderr}`)
}

async function markAutomatic(names: string[], { run, cacheOptions }: Deps): Promise<void> {
  const strange = names.find((name) => !isName(name))
  if (strange) throw new Error(`${strange} is not the name of a package`)
  if (names.length === 0) return
  const { exitCode, stderr } = await run('aptMark', [...cacheOptions, 'auto', ...names])
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `apt-mark could not give the marks back: ${stderr}`)
}
