import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { attempt } from '../../test/lab/run.ts'
import type { Say } from './progress.ts'
import { choose, parsePending, rank, type Update } from './updates.ts'

/** Kept between demos: apt looks whether what lies here is right, and fetches only what is not. */
const FETCHED = join(import.meta.dirname, '../../.cache/demo')

/** apt's own caches may be switched off, and its archive may hold what we want to hear of. */
const APART = ['pkgcache', 'srcpkgcache', 'archives'].map(
  (name) => `-oDir::Cache::${name}=${join(FETCHED, name)}`,
)

export type Fetched = (Update & { path: string })[]

/**
 * Takes a few of the updates that are pending on this machine, by its own apt and its own sources.
 * Nothing of the machine changes. None are taken where there are none, or where they are out of reach.
 */
export async function fetchUpdates(say: Say): Promise<Fetched> {
  await mkdir(join(FETCHED, 'archives'), { recursive: true })
  const { exitCode, stdout } = await aptGet('--print-uris', '--yes', 'upgrade')
  if (exitCode !== 0) return nothing(say, 'apt here cannot say what is pending')

  const pending = parsePending(stdout)
  say(`${pending.length} are pending; choosing small ones that come alone`)
  const chosen = await choose(rank(pending), simulate)
  if (chosen.length === 0) return nothing(say, `of ${pending.length} pending here none fits a demo`)

  const names = chosen.map(({ name }) => name).join(', ')
  if (!(await download(chosen))) return nothing(say, `${names} cannot be fetched`)
  say(`${names}: ${chosen.length} of the ${pending.length} pending`)
  return chosen.map((update) => ({ ...update, path: join(FETCHED, update.file) }))
}

function nothing(say: Say, why: string): Fetched {
  say(`${why}, so the hosts get test packages alone`)
  return []
}

async function simulate(updates: Update[]): Promise<string[]> {
  const wanted = updates.map(exactly)
  const { stdout } = await aptGet('--simulate', '--only-upgrade', 'install', ...wanted)
  return [...stdout.matchAll(/^(?:Inst|Remv|Purg) (\S+)/gm)].map(([, name = '']) => name)
}

async function download(chosen: Update[]): Promise<boolean> {
  // `_apt`, as which apt would fetch, may not write here.
  const argv = ['apt-get', '-q', '-oAPT::Sandbox::User=root', 'download', ...chosen.map(exactly)]
  const { exitCode } = await attempt(['env', `--chdir=${FETCHED}`, ...argv], { env: proxies() })
  return exitCode === 0
}

const exactly = ({ name, version }: Update) => `${name}=${version}`
const aptGet = (...args: string[]) => attempt(['apt-get', '-q', ...APART, ...args])

/** As apt itself would take them from the environment. */
const proxies = () =>
  Object.fromEntries(
    ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
