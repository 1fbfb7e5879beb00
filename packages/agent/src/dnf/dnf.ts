import { join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import { PackageName } from '@linux-patch/shared/package'
import { findOutdatedServices } from '../files/running-services.ts'
import { noLists, type PackageManager, type TransactionRequest } from '../package-manager.ts'
import { environment, programs, type Run } from '../run.ts'
import { findAffected } from './affected.ts'
import { isDamaged, repairing, toDamage, toSnapshot } from './damage.ts'
import { readDetail } from './detail.ts'
import { isEcho, levelOf } from './errors.ts'
import { cutRequest } from './groups.ts'
import { queryInstalled, type Installed } from './installed.ts'
import { invert } from './inverse.ts'
import { readKnown } from './known.ts'
import { toListing } from './listing.ts'
import { lockHolder } from './lock-holder.ts'
import { toPatches } from './patches.ts'
import { makePlan } from './plan.ts'
import { asking, commanding } from './program.ts'
import { readProgress } from './progress.ts'
import { findReasons, wantedReboots } from './reboot.ts'
import { advisoriesOf } from './repository-advisories.ts'
import { remembered } from './remembered.ts'
import { toAsked } from './request.ts'
import { resolve } from './resolve.ts'
import { canSave, savePackages } from './save.ts'
import { spellings, type Generation } from './spelling.ts'
import { untilChanged } from './state.ts'

type Options = {
  /** Where the host's files are; another folder only in tests. */
  root?: string
  generation?: Generation
}

/** dnf, by way of its own library, and rpm. */
export function dnf(run: Run, { root = '/', generation = 4 }: Options = {}): PackageManager {
  const askAnew = asking(run, generation)
  const command = commanding(generation)
  const ask = remembered(askAnew, root)
  const advisories = advisoriesOf(run)
  const known = untilChanged(root, () => readKnown({ run, ask, root, advisories }))
  const listing = untilChanged(root, async () => toListing(await known()))
  const patches = untilChanged(root, async () => toPatches(await known()))
  const installed = untilChanged(root, () => queryInstalled(run, ask))
  const deps = async () => ({ ask, known, installed: toMap(await installed()) })
  const work = (request: TransactionRequest, job: string) =>
    toAsked(request, `Linux Patch Manager, job ${job}`)

  return {
    name: 'dnf',
    list: listing,
    get: async (name) => readDetail(name, await known(), run),
    patches,
    async resolve(request) {
      const { updates, locks } = await known()
      if (request.packages.length > 0 && !updates) throw noLists()
      return resolve(request, { ...(await deps()), updates, locks })
    },
    plan: async (request) => makePlan(request, await deps()),
    changes: async (request) => (await makePlan(request, await deps())).changes,
    groups: (request) => cutRequest(request, ask),
    download: (request, job) => command('download', work(request, job)),
    install: (request, job) => command('install', work(request, job)),
    refresh: () => (generation === 4 ? refreshCommand : command('refresh', {})),
    progress: readProgress,
    levelOf,
    isEcho,
    onStop: 'rpm finishes a transaction that has begun, whatever signal it gets',
    lockHolder: () => lockHolder(root),
    async damage() {
      const { unfinished } = await ask('state', {})
      // Whoever is at it will come to its end.
      const isAtWork = unfinished.length > 0 && (await lockHolder(root)) !== null
      return toDamage(await installed(), { unfinished: isAtWork ? [] : unfinished })
    },
    repair: (damage) => (isDamaged(damage) ? [command('repair', repairing)] : []),
    snapshot: async () => toSnapshot(await queryInstalled(run, askAnew)),
    mark: (names, as) => mark(names, spellings[generation].mark(as), run),
    canSave: async (plan) => canSave(plan, await deps()),
    save: async (plan, folder) => savePackages(plan, folder, await deps()),
    inverse: invert,
    async rebootReasons() {
      const { installed: present, advised } = await known()
      const { replaced } = await ask('state', {})
      return findReasons(present, { root, replaced, wanted: wantedReboots(advised) })
    },
    outdatedServices: () => findOutdatedServices(join(root, 'proc')),
    servicesOf: async (plan) =>
      findAffected(plan, { installed: toMap(await installed()), run, root }),
  }
}

const toMap = (installed: Installed[]) => new Map(installed.map((one) => [one.name, one]))

/** A repository that an administrator lets dnf skip is not skipped here: its lists would only look fresh. */
const refreshCommand = {
  argv: [
    programs.dnf,
    '--assumeno',
    '--setopt=*.skip_if_unavailable=False',
    '--setopt=exit_on_lock=True',
    'makecache',
    '--refresh',
  ],
  env: environment,
}

async function mark(names: string[], words: string[], run: Run): Promise<void> {
  const strange = names.find((name) => !PackageName.safeParse(name).success)
  if (strange) throw new Error(`${strange} is not the name of a package`)
  if (names.length === 0) return
  const specs = names.map((name) => name.replace(':', '.'))
  const args = ['--quiet', '--cacheonly', ...words, '--', ...specs]
  const { exitCode, stderr } = await run('dnf', args)
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `dnf could not give the marks back: ${stderr}`)
}
