import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { addPackage, builtRepository } from './build.ts'
import { suites, type LabPackage, type Suite } from './deb.ts'
import { entryOf, writeIndex } from './index.ts'
import { suiteName, type Release } from './releases.ts'
import { serveFiles, type Faults } from './serve.ts'

export type Repository = Awaited<ReturnType<typeof openRepository>>

/** One lab's view of the repository: what all labs share, and what this one's tests add to it. */
export async function openRepository(folder: string, address: string, release: Release) {
  const { entries, key, ...shared } = await builtRepository(release)
  const own = join(folder, 'repository')
  await mkdir(own, { recursive: true })

  const elsewhere = new Map<string, string>()
  const locate = (path: string) =>
    [elsewhere.get(path), inside(own, path), inside(shared.folder, path)].find(
      (file) => file !== undefined && existsSync(file),
    )

  const faults: Faults = { missing: undefined, spoilt: undefined, bytes_per_second: undefined }
  const requests: string[] = []
  const server = await serveFiles({ address, locate, faults, requests })
  const archive = { folder: own, release, key: key.secret }
  const publish = (suite: Suite) => writeIndex(archive, suite, entries[suite])

  return {
    url: server.url,
    key: key.shown,
    release,
    faults,
    requests,

    /** Publishes packages made up for one test, such as an update that was not there before. */
    async add(...wanted: LabPackage[]) {
      for (const one of wanted) entries[one.suite].push(...(await addPackage(own, one)))
      for (const suite of new Set(wanted.map((one) => one.suite))) await publish(suite)
    },

    /** Publishes real packages, from where they lie. */
    async addDebs(files: string[], suite: Suite) {
      for (const file of files) {
        const served_as = `pool/added/${basename(file)}`
        elsewhere.set(served_as, resolve(file))
        entries[suite].push(await entryOf(file, served_as))
      }
      await publish(suite)
    },

    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** The file below a folder, and never one above it. */
function inside(folder: string, path: string): string | undefined {
  const file = join(folder, path)
  return file.startsWith(`${folder}/`) ? file : undefined
}

type Served = Pick<Repository, 'url' | 'key' | 'release'>

/** What makes this repository the only one that a host's apt knows. */
export const aptFiles = ({ url, key, release }: Served): Record<string, string> => ({
  'etc/apt/sources.list.d/lab.sources': [
    'Types: deb',
    `URIs: ${url}`,
    `Suites: ${suites.map((suite) => suiteName(release, suite)).join(' ')}`,
    'Components: main',
    `Signed-By:\n${key.trimEnd().replace(/^$/gm, '.').replace(/^/gm, ' ')}\n`,
  ].join('\n'),
  'etc/apt/apt.conf.d/99lab': [
    'Acquire::http::Proxy "DIRECT";',
    'Acquire::https::Proxy "DIRECT";',
    `Acquire::Changelogs::URI::Override::Origin::${release.origin} "${url}/changelogs/@CHANGEPATH@_changelog";`,
    '',
  ].join('\n'),
})
