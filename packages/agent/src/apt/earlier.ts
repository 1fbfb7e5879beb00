import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing, statOrNull } from '../files/missing.ts'
import type { Installed } from './installed.ts'
import { plainName } from './relations.ts'

/** The versions that a package had before, by its name with its architecture: `openssl:amd64`. */
export type Earlier = Map<string, string[]>

const UPGRADE = /^\S+ \S+ upgrade (?<name>[^\s:]+:\S+) (?<before>\S+) \S+$/gm

/**
 * Reads from dpkg's log what each package was before it was what it is:
 *
 *     2025-06-24 14:36:25 upgrade libsystemd0:amd64 252.36-1~deb12u1 252.38-1~deb12u1
 *                         action  name              before           after
 */
export function parseEarlier(log: string): Earlier {
  const earlier: Earlier = new Map()
  for (const { groups } of log.matchAll(UPGRADE)) {
    const { name = '', before = '' } = groups ?? {}
    earlier.set(name, [...(earlier.get(name) ?? []), before])
  }
  return earlier
}

/** What a package's source was in those days. Told only where the two are numbered alike, but for rebuilds. */
export function earlierSources(earlier: Earlier, installed: Installed): string[] {
  const { name, version, architecture, source_version } = installed
  if (withoutRebuild(version) !== withoutRebuild(source_version)) return []
  return (earlier.get(`${plainName(name)}:${architecture}`) ?? []).map(withoutRebuild)
}

/** `5.2.15-2+b8` is the eighth time that 5.2.15-2 was built. */
const withoutRebuild = (version: string) => version.replace(/\+b\d+$/, '')

/** Months of a busy host. */
const MOST_BYTES = 4 * 1024 * 1024

/** This month's log and the last one's, read again when they have changed; older ones are compressed. */
export function earlierVersions(root: string): () => Promise<Earlier> {
  const files = ['dpkg.log.1', 'dpkg.log'].map((name) => join(root, 'var/log', name))
  let kept: { mark: string; earlier: Promise<Earlier> } | undefined
  return async () => {
    const found = await Promise.all(files.map(statOrNull))
    const mark = found.map((one) => `${one?.mtimeMs} ${one?.size}`).join(' ')
    if (kept?.mark !== mark) kept = { mark, earlier: readLogs(files) }
    return kept.earlier
  }
}

const readLogs = async (files: string[]) =>
  parseEarlier((await Promise.all(files.map(readEnd))).join('\n'))

async function readEnd(file: string): Promise<string> {
  try {
    await using handle = await open(file)
    const { size } = await handle.stat()
    const buffer = Buffer.alloc(Math.min(size, MOST_BYTES))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}
