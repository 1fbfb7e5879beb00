import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { namesIn } from '../files/missing.ts'
import type { Run } from '../run.ts'
import { archiveCache, fetchedName, isCached } from './archive-cache.ts'
import { parseChangelog, type ChangelogEntry } from './changelog.ts'
import type { Stanza } from './stanzas.ts'

export type Changelogs = ReturnType<typeof changelogs>
type Deps = {
  run: Run
  root: string
  /** How long an answer may wait for what is being read; the next one will have it. */
  patience_ms?: number
}

/** A larger package takes longer to unpack than anybody would wait. */
const MOST_BYTES = 32 * 1024 * 1024
/** Where a native package, which has no version of Debian's beside its own, keeps the same. */
const places = ['changelog.Debian.gz', 'changelog.gz']

/**
 * The changelogs of updates, out of packages that apt has fetched but not installed yet. Nothing is fetched for
 * it. Each is read once, also when the package is gone again before the update is.
 */
export function changelogs({ run, root, patience_ms = 300 }: Deps) {
  const read = new Map<string, ChangelogEntry[]>()
  const reading = new Map<string, Promise<void>>()
  let line = Promise.resolve()

  /** One after the other: it is the host's work that matters, and this has time. */
  function start(stanza: Stanza): Promise<void> {
    const key = keyOf(stanza)
    const found = reading.get(key)
    if (found) return found
    const mine = line.then(async () => void read.set(key, await readDeb(stanza, { run, root })))
    // What cannot be read is as good as not there, and is not tried again.
    line = mine.catch(() => undefined)
    reading.set(key, line)
    return line
  }

  /** For each group of packages of one source, what one of them says; empty where none is at hand. */
  return async (groups: Stanza[][]): Promise<ChangelogEntry[][]> => {
    const keys = new Set(groups.flat().map(keyOf))
    for (const kept of [read, reading]) forget(kept, keys)
    const files = new Set(await namesIn(archiveCache(root)))
    const missing = groups.filter((group) => !group.some((one) => read.has(keyOf(one))))
    const ready = await Promise.all(missing.map((group) => smallest(group, files, root)))
    const started = ready.filter((one) => one !== undefined).map(start)
    if (started.length > 0)
      await Promise.race([Promise.all(started), wait(patience_ms, undefined, { ref: false })])
    return groups.map((group) => group.map((one) => read.get(keyOf(one))).find(Boolean) ?? [])
  }
}

const keyOf = ({ name, architecture, version }: Stanza) => `${name}:${architecture}=${version}`

function forget(kept: Map<string, unknown>, wanted: Set<string>) {
  for (const key of kept.keys()) if (!wanted.has(key)) kept.delete(key)
}

async function smallest(group: Stanza[], files: Set<string>, root: string) {
  const here = group
    .filter((one) => files.has(fetchedName(one)) && one.download_bytes <= MOST_BYTES)
    .toSorted((left, right) => left.download_bytes - right.download_bytes)
  for (const one of here) if (await isCached(one, root)) return one
  return undefined
}

async function readDeb(
  stanza: Stanza,
  { run, root }: Pick<Deps, 'run' | 'root'>,
): Promise<ChangelogEntry[]> {
  const file = join(archiveCache(root), fetchedName(stanza))
  for (const place of places) {
    const path = `./usr/share/doc/${stanza.name}/${place}`
    const { exitCode, stdout } = await run('dpkgDeb', ['--fsys-tarfile', file], {
      through: [
        ['tar', ['--extract', '--to-stdout', path]],
        ['gzip', ['--decompress', '--stdout']],
      ],
    })
    // A package may have its documents in another one's folder, or none: then gzip is given nothing and fails.
    // A clone, because each word cut out of a text keeps all of the text in memory.
    if (exitCode === 0) return structuredClone(parseChangelog(stdout))
  }
  return []
}
