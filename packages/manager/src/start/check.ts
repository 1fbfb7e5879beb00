import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import type { Config } from '../config.ts'
import { readSealed } from '../db/sealed.ts'
import { openKeys } from '../pki/keys.ts'
import { isNextInUse } from '../services/certificates/key-rotation.ts'
import { step } from './step.ts'
import { readOwnCertificate } from './own-certificates.ts'

/** Tries what a start stands on, and makes or changes nothing. Throws all that is wrong, a line for each. */
export async function checkPlaces({ state_folder, database_url, master_key_file, tls }: Config) {
  const wrong: string[] = []
  const attempt = async <Result>(otherwise: string, work: () => Result | Promise<Result>) => {
    try {
      return await step(otherwise, work)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      wrong.push(error.message)
      return undefined
    }
  }
  await attempt(`The state folder ${state_folder} cannot be used`, () => canBeMade(state_folder))
  const sealed = await attempt('The database cannot be opened', () =>
    readSealed(database_url, 'authority', canBeMade),
  )
  await attempt('The manager cannot start', () => opens(master_key_file, sealed))
  if (tls)
    await attempt('The certificate of the manager cannot be used', () => readOwnCertificate(tls))
  if (wrong.length > 0) throw new Failure('invalid_request', wrong.join('\n'))
}

/** What is not there yet, the first start makes: in the last folder of the way that there is. */
const canBeMade = (path: string): Promise<void> =>
  existsSync(path)
    ? access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    : canBeMade(dirname(path))

/** The key may be missing as long as nothing is sealed under it. */
async function opens(path: string, sealed: string | undefined) {
  if (sealed === undefined && !existsSync(path)) return
  if (sealed !== undefined && (await isNextInUse(path, { name: 'authority', sealed }))) return
  const keys = await openKeys({ path, secrets_exist: true })
  if (sealed !== undefined) keys.open('authority', sealed)
}
