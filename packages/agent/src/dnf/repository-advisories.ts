import { readFile } from 'node:fs/promises'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'
import { parseUpdateinfo, type RepositoryAdvisory } from './updateinfo.ts'

/** What the repositories say of their updates; a repository that says nothing is not among them. */
export type Advised = Map<string, RepositoryAdvisory[]>

type Repository = { id: string; updateinfo: string | null }

/** A file that has not changed is not read again: its name is made of its content. */
export function advisoriesOf(run: Run): (repositories: Repository[]) => Promise<Advised> {
  let read = new Map<string, Promise<RepositoryAdvisory[]>>()
  return async (repositories) => {
    const before = read
    read = new Map()
    const found = repositories.map(async ({ id, updateinfo }) => {
      if (updateinfo === null) return []
      const known = before.get(updateinfo) ?? readAdvisories(updateinfo, run)
      read.set(updateinfo, known)
      // An empty one is as good as none: to have nothing to say is not to say that there is nothing.
      const advisories = await known
      return advisories.length === 0 ? [] : [[id, advisories] as const]
    })
    return new Map((await Promise.all(found)).flat())
  }
}

async function readAdvisories(file: string, run: Run): Promise<RepositoryAdvisory[]> {
  if (/\.(xz|bz2)$/.test(file)) return parseUpdateinfo(await unpack(file, run))
  return parseUpdateinfo(unpackHere(file, await readFile(file)).toString())
}

function unpackHere(file: string, content: Buffer): Buffer {
  try {
    if (file.endsWith('.gz')) return gunzipSync(content)
    return file.endsWith('.zst') ? zstdDecompressSync(content) : content
  } catch (cause) {
    throw new Failure('PKG_MANAGER_ERROR', `${file} is damaged.`, { cause })
  }
}

async function unpack(file: string, run: Run): Promise<string> {
  const program = file.endsWith('.xz') ? 'xz' : 'bzip2'
  const { exitCode, stdout, stderr } = await run(program, ['-dc', file])
  if (exitCode === 0) return stdout
  throw new Failure('PKG_MANAGER_ERROR', `${file} cannot be read: ${stderr}`)
}
