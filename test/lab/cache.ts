import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { lock } from './lock.ts'
import { unmountBelow } from './mounts.ts'
import { CACHE } from './places.ts'

const WEEK = 7 * 24 * 3600_000

/**
 * A folder that is made once for all that it is made of. Whoever comes second waits; what a killed
 * maker left is thrown away, so that a folder found under its own name is whole.
 */
export async function cached(
  name: string,
  madeOf: (string | Buffer)[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
  for (const part of madeOf) hash.update(part)
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 12)}`)
  if (existsSync(folder)) return folder

  await using _held = await lock(name)
  if (existsSync(folder)) return folder
  await removeOld(name)
  const partial = `${folder}.partial`
  await mkdir(partial, { recursive: true })
  await make(partial)
  await rename(partial, folder)
  return folder
}

/** Leaves what is younger than a week: another checkout's labs may be using it. */
async function removeOld(name: string) {
  await mkdir(CACHE, { recursive: true })
  for (const entry of await readdir(CACHE)) {
    if (!entry.startsWith(`${name}-`)) continue
    const folder = join(CACHE, entry)
    const { mtimeMs } = await stat(folder)
    if (!entry.endsWith('.partial') && Date.now() - mtimeMs < WEEK) continue
    await unmountBelow(folder)
    await rm(folder, { recursive: true })
  }
}
