import { Failure } from '@linux-patch/shared/failure'
import type { Database, Stores } from '../../db/open.ts'
import type { Row } from '../../db/schema.ts'
import { makeNextKey, readNextKey, takeNextKey } from '../../pki/key-file.ts'
import { keysOf, openKeys, type Keys } from '../../pki/keys.ts'
import { entryBySystem } from '../audit/audit.ts'
import { sealedFactorName, sealedKeyName, sealedSettingName } from './held-keys.ts'

type Rotating = { database: Database; path: string; now: () => Date }

/**
 * Puts a new master key in the place of the old one, and seals everything anew under it, also the keys that wait for
 * their hosts, the second factors and the secrets of the settings. The old key stays until the database has committed,
 * and the new one lies beside it before: stopped anywhere, the next start goes on with the one that opens what is
 * sealed. Answers how many secrets there are.
 */
export async function rotateKeys({ database, path, now }: Rotating): Promise<number> {
  const [sample] = await database.stores.secrets.list()
  await settleKeys(path, sample)
  const before = await openKeys({ path, secrets_exist: true })
  const after = keysOf(await makeNextKey(path))
  const count = await sealAnew(database, { before, after, now })
  await takeNextKey(path)
  return count
}

type Sealing = { before: Keys; after: Keys; now: () => Date }

/** All of them in one transaction, or none. */
export const sealAnew = (database: Database, { before, after, now }: Sealing): Promise<number> =>
  database.transaction(async ({ secrets, enrollments, secondFactors, settings, audit }: Stores) => {
    const anew = (name: string, sealed: string) => after.seal(name, before.open(name, sealed))
    const own = await secrets.hold()
    if (own.length === 0)
      throw new Failure('conflict', 'Nothing is sealed yet: start the manager once before.')
    for (const { name, sealed } of own) await secrets.replace(name, sealed, anew(name, sealed))
    const waiting = await enrollments.listSealed()
    for (const { id, sealed_key } of waiting)
      await enrollments.reseal(id, sealed_key, anew(sealedKeyName(id), sealed_key))
    const factors = await secondFactors.listSealed()
    for (const { user_id, sealed } of factors)
      await secondFactors.reseal(user_id, sealed, anew(sealedFactorName(user_id), sealed))
    const set = await settings.listSealed()
    for (const { section, sealed } of set) {
      const name = sealedSettingName(section)
      await settings.reseal(section, sealed, anew(name, sealed))
    }
    const count = own.length + waiting.length + factors.length + set.length
    const what = { action: 'master_key_rotate', target_type: 'secret', target_id: null }
    await audit.append(entryBySystem(now(), { ...what, details: { secrets: count } }))
    return count
  })

/**
 * Ends a rotation that was stopped half-way: a next key that opens what is sealed takes its place. One that does not
 * yet is left for the rotation that is under way, or comes.
 */
export async function settleKeys(path: string, sample: Row<'secret'> | undefined): Promise<void> {
  if (sample && (await isNextInUse(path, sample))) await takeNextKey(path)
}

/** Whether what is sealed was sealed anew already, and the next key is still in its own place. */
export async function isNextInUse(path: string, sample: Row<'secret'>): Promise<boolean> {
  const next = await readNextKey(path)
  return next !== undefined && opens(keysOf(next), sample)
}

function opens({ open }: Keys, { name, sealed }: Row<'secret'>): boolean {
  try {
    open(name, sealed)
    return true
  } catch {
    return false // Which of two keys it is, only the trial tells.
  }
}
