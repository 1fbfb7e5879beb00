import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { newKey, type Key } from './signature.ts'

/** Who signs the rpm packages: one that the hosts have accepted, and one that they have not. */
export type RpmKeys = { lab: Key; stranger: Key }

/** Kept apart from the packages, because a host's database holds the first from the beginning. */
export async function rpmKeys(): Promise<RpmKeys> {
  const code = readFileSync(join(import.meta.dirname, 'signature.ts'))
  const folder = await cached('rpm-keys', [code], async (place) => {
    const keys: RpmKeys = { lab: await newKey(), stranger: await newKey('Patch Strangers') }
    await writeFile(join(place, 'keys.json'), JSON.stringify(keys), { mode: 0o600 })
  })
  return JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8'))
}
