import { readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cached } from '../cache.ts'
import { buildDeb, suites, type LabPackage, type Suite } from './deb.ts'
import { architectures, entryOf, writeIndex, type Entry } from './index.ts'
import { changelogs, packages } from './packages.ts'
import type { Release } from './releases.ts'
import { newKey } from './signature.ts'

export type Entries = Record<Suite, Entry[]>
export type Built = {
  /** What is served. */
  folder: string
  entries: Entries
  key: { secret: string; shown: string }
}

/** The repository that every lab of a release starts from, made once for each state of the code that makes it. */
export async function builtRepository(release: Release): Promise<Built> {
  const sources = ['packages', 'deb', 'index', 'releases', 'signature', 'build']
  const code = sources.map((name) => readFileSync(join(import.meta.dirname, `${name}.ts`)))
  const place = await cached(`repository-${release.codename}`, code, (folder) =>
    build(folder, release),
  )
  const { entries, key } = JSON.parse(await readFile(join(place, 'built.json'), 'utf8'))
  return { folder: join(place, 'served'), entries, key }
}

async function build(place: string, release: Release) {
  const served = join(place, 'served')
  await mkdir(served)

  const key = await newKey()
  const entries: Entries = { release: [], updates: [], security: [] }
  for (const wanted of packages) entries[wanted.suite].push(...(await addPackage(served, wanted)))
  const archive = { folder: served, release, key: key.secret }
  for (const suite of suites) await writeIndex(archive, suite, entries[suite])
  for (const [path, text] of Object.entries(changelogs)) await writeChangelog(served, path, text)
  await writeFile(join(place, 'built.json'), JSON.stringify({ entries, key }), { mode: 0o600 })
}

export async function addPackage(served: string, wanted: LabPackage): Promise<Entry[]> {
  const pool = `pool/${wanted.suite}`
  const entries: Entry[] = []
  for (const architecture of wanted.per_architecture ? await architectures() : ['all']) {
    const file = await buildDeb(join(served, pool), wanted, architecture)
    const served_as = file.slice(served.length + 1)
    entries.push(await entryOf(file, served_as, wanted.index_fields))
  }
  return entries
}

async function writeChangelog(served: string, path: string, text: string) {
  const file = join(served, 'changelogs', path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
