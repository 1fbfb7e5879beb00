import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { orNull, statOrNull } from '../files/missing.ts'
import type { Run } from '../run.ts'
import { nameOf, queryInstalled, type Installed } from './installed.ts'
import type { Answer, Ask } from './program.ts'
import type { Advised } from './repository-advisories.ts'

/** The version that a repository has in place of an installed one. */
export type Update = {
  version: string
  repository: string
  source: string
  /** Whether dnf would install it with all the others. */
  taken: boolean
  excluded: boolean
  /** What comes in its place, where its name is no more; none where it keeps its name. */
  replaced_by: { name: string; arch: string; version: string }[]
}

/** Everything known of a host's packages; `updates` is null where no package list could be read. */
export type Known = {
  installed: Installed[]
  updates: Map<string, Update> | null
  advised: Advised
  /** Why dnf would not take all of it, in its own words. */
  problem: string
  /** Patterns of `dnf versionlock`, or names. */
  locks: string[]
  lists_updated_at: string | null
}

export type KnownDeps = {
  run: Run
  ask: Ask
  root: string
  advisories: (repositories: Answer<'known'>['repositories']) => Promise<Advised>
}

export async function readKnown({ run, ask, root, advisories }: KnownDeps): Promise<Known> {
  const [installed, offered, locks] = await Promise.all([
    queryInstalled(run, ask),
    ask('known', {}),
    readLocks(root),
  ])
  // Lists that were never fetched, or are gone.
  if (offered.repositories.length === 0)
    return {
      installed,
      updates: null,
      advised: new Map(),
      problem: '',
      locks,
      lists_updated_at: null,
    }

  const { repositories, problem, locked } = offered
  const updates = new Map(offered.updates.map((one) => [nameOf(one), one]))
  const lists_updated_at = await oldest(repositories.map(({ primary }) => primary))
  const advised = await advisories(repositories)
  return { installed, updates, advised, problem, locks: [...locks, ...locked], lists_updated_at }
}

/** dnf touches the list of packages whenever a mirror says that it is still the newest. */
async function oldest(files: string[]): Promise<string | null> {
  const found = await Promise.all(files.map(statOrNull))
  const times = found.flatMap((one) => one?.mtimeMs ?? [])
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString()
}

/**
 * Reads `/etc/dnf/plugins/versionlock.list`; what begins with `!` is excluded and not locked:
 *
 *     # Added lock on Sun Nov 22 14:01:10 2026
 *     lab-held-1:1.0-1.*
 */
async function readLocks(root: string): Promise<string[]> {
  const text = await orNull(readFile(join(root, 'etc/dnf/plugins/versionlock.list'), 'utf8'))
  return parseLocks(text ?? '')
}

export const parseLocks = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('!'))
