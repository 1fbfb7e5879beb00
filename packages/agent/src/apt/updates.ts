import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'
import { listsExist, listsUpdatedAt } from './freshness.ts'
import type { Installed } from './installed.ts'
import { isSecurity, parsePolicy, parseReleases, type Policy, type Releases } from './policy.ts'
import { findPinned } from './pins.ts'
import { readPreferences } from './preferences.ts'
import type { StatePaths } from './state.ts'
import { isNewer } from './versions.ts'

/** The version that apt would take in place of an installed one. */
export type Update = {
  version: string
  security: boolean
  phased_percent: number | null
  /** Why apt would not take it after all, where an administrator's pin says so. */
  pinned: string | null
}

/** Everything known of a host's packages; `updates` is null where no package list could be read. */
export type Known = {
  installed: Installed[]
  updates: Map<string, Update> | null
  lists_updated_at: string | null
}

type Ask = { run: Run; cacheOptions: string[] }
type Deps = Ask & { paths: StatePaths; root: string; askInstalled: () => Promise<Installed[]> }

export async function readKnown({ askInstalled, paths, root, ...ask }: Deps): Promise<Known> {
  if (!(await listsExist(paths.lists)))
    return { installed: await askInstalled(), updates: null, lists_updated_at: null }

  // The first to ask apt has it build its cache anew, which one does better than two.
  const [installed, releases, lists_updated_at, preferences] = await Promise.all([
    askInstalled(),
    askReleases(ask),
    listsUpdatedAt(paths.lists),
    readPreferences(root),
  ])
  const present = installed.filter(({ status }) => status !== 'residual')
  const names = present.map(({ name }) => name)
  const policies = await askPolicy(ask, names)
  const updates = new Map<string, Update>()
  for (const one of present) {
    const policy = policies.get(one.name)
    const update =
      findUpdate(one.version, policy, releases) ??
      (policy && findPinned(one, policy, { releases, preferences }))
    if (update) updates.set(one.name, update)
  }
  return { installed, updates, lists_updated_at }
}

/** What apt knows of each name; a name it does not know as it stands is not among the answers. */
export async function askPolicy(
  { run, cacheOptions }: Ask,
  names: string[],
): Promise<Map<string, Policy>> {
  // Without a name, apt-cache answers another question.
  if (names.length === 0) return new Map()
  const { exitCode, stdout, stderr } = await run('aptCache', [...cacheOptions, 'policy', ...names])
  if (exitCode === 0) return parsePolicy(stdout)
  throw new Failure('PKG_MANAGER_ERROR', `apt-cache could not read the package lists: ${stderr}`)
}

async function askReleases({ run, cacheOptions }: Ask): Promise<Releases> {
  const { exitCode, stdout, stderr } = await run('aptCache', [...cacheOptions, 'policy'])
  if (exitCode === 0) return parseReleases(stdout)
  throw new Failure('PKG_MANAGER_ERROR', `apt-cache could not read the package lists: ${stderr}`)
}

export function findUpdate(
  installed: string,
  policy: Policy | undefined,
  releases: Releases,
): Update | undefined {
  const { candidate, versions } = policy ?? { candidate: null, versions: [] }
  // A pin may make the candidate an older version than the installed one: that is no update.
  if (candidate === null || !isNewer(candidate, installed)) return undefined

  // A fix from the security archive is often superseded by a point release that carries it.
  const between = versions.filter(
    ({ version }) => isNewer(version, installed) && !isNewer(version, candidate),
  )
  return {
    version: candidate,
    security: between.some(({ archives }) => archives.some((name) => isSecurity(name, releases))),
    phased_percent: versions.find(({ version }) => version === candidate)?.phased_percent ?? null,
    pinned: null,
  }
}
