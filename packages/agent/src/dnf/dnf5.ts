import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '@linux-patch/shared/failure'
import { orNull } from '../files/missing.ts'
import { environment, programs, type Run } from '../run.ts'
import type { Answer, Ask } from './program.ts'

const CHANGES_NOTHING =
  'This host lives by dnf 5: its packages and updates are listed, but this agent does not change them yet.'

/**
 * Asks dnf 5 on its command line what that prints for programs. It has no such form for a transaction that is not
 * run, so nothing is planned, and nothing that was not planned is run.
 */
export const askingDnf5 =
  (run: Run, root: string): Ask =>
  async (question) => {
    if (question === 'known') return (await askKnown(run, root)) as never
    if (question === 'state') return (await askState(run)) as never
    throw new Failure('PKG_MANAGER_ERROR', CHANGES_NOTHING)
  }

/** Its own spelling: an option of all commands stands before the command, and each format ends its own line. */
export const refreshDnf5 = {
  argv: [
    programs.dnf,
    '--assumeno',
    '--setopt=*.skip_if_unavailable=False',
    '--refresh',
    'makecache',
  ],
  env: environment,
}

const ROW = ['name', 'arch', 'evr', 'repoid', 'source_name']
const STATE = ['name', 'evr', 'arch', 'reason']
const formatOf = (tags: string[]) => `${tags.map((tag) => `%{${tag}}`).join('|')}\n`

async function askKnown(run: Run, root: string): Promise<Answer<'known'>> {
  const ids = parseRepositories(await dnf5(run, ['repo', 'list', '--enabled', '--json']))
  const upgrades = (...options: string[]) =>
    dnf5(run, [
      ...options,
      'repoquery',
      '--upgrades',
      '--latest-limit=1',
      `--queryformat=${formatOf(ROW)}`,
    ])
  const [all, allowed] = await Promise.all([upgrades('--setopt=disable_excludes=*'), upgrades()])
  const repositories = await Promise.all(ids.map((id) => findMetadata(id, root)))
  return {
    updates: parseUpgrades(all, new Set(parseUpgrades(allowed).map(keyOf))),
    problem: '',
    repositories: repositories.filter((one) => one !== null),
  }
}

async function askState(run: Run): Promise<Answer<'state'>> {
  const installed = (...words: string[]) => dnf5(run, ['repoquery', '--installed', ...words])
  const [reasons, parallel] = await Promise.all([
    installed(`--queryformat=${formatOf(STATE)}`),
    installed('--installonly', `--queryformat=${formatOf(['name'])}`),
  ])
  return {
    automatic: parseAutomatic(reasons),
    parallel: [...new Set(linesOf(parallel))],
    failed: [],
    unfinished: [],
    replaced: [],
  }
}

async function dnf5(run: Run, args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run('dnf', ['--quiet', '--cacheonly', ...args])
  if (exitCode === 0) return stdout
  throw new Failure('PKG_MANAGER_ERROR', `dnf 5 ended with ${exitCode}: ${stderr.trim()}`)
}

/** What was fetched of a repository is in a folder named by it: `/var/cache/libdnf5/fedora-2d95c80a1fa0a67d/repodata`. */
async function findMetadata(id: string, root: string) {
  const cache = join(root, 'var/cache/libdnf5')
  const isIts = (name: string) =>
    name.startsWith(`${id}-`) && /^[0-9a-f]{16}$/.test(name.slice(id.length + 1))
  const folder = ((await orNull(readdir(cache))) ?? []).find(isIts)
  const repodata = folder && join(cache, folder, 'repodata')
  const names = (repodata && (await orNull(readdir(repodata)))) || []
  const find = (type: string) => names.find((name) => name.includes(`${type}.xml`))
  const [primary, updateinfo] = [find('primary'), find('updateinfo')]
  if (!repodata || !primary) return null
  return {
    id,
    primary: join(repodata, primary),
    updateinfo: updateinfo ? join(repodata, updateinfo) : null,
  }
}

const Repositories = z.array(z.object({ id: z.string(), is_enabled: z.boolean() }))

/** Reads `repo list --json`: `[{"id":"fedora","name":"Fedora 42 - x86_64","is_enabled":true}]`. */
export function parseRepositories(stdout: string): string[] {
  const found = Repositories.parse(JSON.parse(stdout))
  return found.filter(({ is_enabled }) => is_enabled).map(({ id }) => id)
}

/** Reads rows such as `vim-minimal|x86_64|2:9.1.1275-1.fc42|updates|vim`; `allowed` are those that no exclude hides. */
export const parseUpgrades = (stdout: string, allowed?: Set<string>): Answer<'known'>['updates'] =>
  linesOf(stdout).map((line) => {
    const [name, arch, version, repository, source] = cells(line, ROW)
    const excluded = allowed !== undefined && !allowed.has(keyOf({ name, arch, version }))
    const common = { name, arch, version, repository, source: source || name }
    return { ...common, excluded, taken: !excluded, replaced_by: [] }
  })

const keyOf = ({ name, arch, version }: { name: string; arch: string; version: string }) =>
  `${name}-${version}.${arch}`

/** Reads rows such as `libzstd|1.5.7-1.fc42|x86_64|Dependency`. */
export const parseAutomatic = (stdout: string): string[] =>
  linesOf(stdout)
    .map((line) => cells(line, STATE))
    .filter(([, , , reason]) => reason === 'Dependency' || reason === 'Weak Dependency')
    .map(([name, version, arch]) => keyOf({ name, version, arch }))

const linesOf = (stdout: string) => stdout.split('\n').filter((line) => line !== '')

function cells(line: string, tags: string[]) {
  const found = line.split('|')
  if (found.length === tags.length) return found as [string, string, string, string, string]
  throw new Failure('PKG_MANAGER_ERROR', `dnf 5 printed a line we cannot read: ${line}`)
}
