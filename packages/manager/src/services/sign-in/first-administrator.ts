import { rm, writeFile } from 'node:fs/promises'
import { Failure } from '@linux-patch/shared/failure'
import type { Database } from '../../db/open.ts'
import { entryBySystem } from '../audit/audit.ts'
import type { Users } from '../../db/people/users.ts'
import { readIfThere } from '../../files/whole-file.ts'
import type { Log } from '../../log.ts'
import { makePassword } from './made-password.ts'
import { hashPassword, isPassword } from './passwords.ts'

type Deps = {
  database: Database
  must_change_password: boolean
  /** Where the password goes when nobody sits at a terminal. */
  password_file: string
  /** Shows the password to whoever started the manager; absent when nobody is there to read it. */
  show: ((line: string) => void) | null
  now: () => Date
}

const NAME = 'admin'

/** Makes the administrator `admin` where there is no user at all. Answers where the password is, if it was made. */
export async function firstAdministrator(deps: Deps): Promise<string | null> {
  const { database, must_change_password, password_file, show, now } = deps
  if ((await database.stores.users.count()) > 0) return null

  const password = makePassword()
  const password_hash = await hashPassword(password)
  try {
    await database.transaction(async (stores) => {
      const { id } = await stores.users.add({
        username: NAME,
        password_hash,
        role: 'admin',
        must_change_password,
        created_at: now().toISOString(),
      })
      const what = { action: 'administrator_create', target_type: 'user', target_id: id }
      await stores.audit.append(entryBySystem(now(), what))
      // Before it counts: a password that was set and never shown would lock everybody out.
      if (!show) await writeFile(password_file, `${password}\n`, { mode: 0o600 })
    })
  } catch (error) {
    // Another manager that starts for the first time was quicker, and its password counts.
    if (error instanceof Failure && error.code === 'conflict') return null
    throw error
  }
  show?.(`Sign in as "${NAME}" with the password ${password}`)
  return show ? 'terminal' : password_file
}

type Spent = { users: Users; password_file: string }

/** Removes the file with the first password where that opens nothing any more, and answers whether it did. */
export async function removeSpentPassword({ users, password_file }: Spent): Promise<boolean> {
  const password = await readIfThere(password_file)
  if (password === undefined) return false
  const admin = await users.find(NAME)
  if (admin && (await isPassword(password.trim(), admin.password_hash))) return false
  await rm(password_file)
  return true
}

/** The same for a manager that runs, and goes on in any case. */
export async function forgetFirstPassword({ log, ...spent }: Spent & { log: Log }) {
  const { password_file } = spent
  try {
    if (await removeSpentPassword(spent))
      log.info({ password_file }, 'first password removed: it has been changed')
  } catch (error) {
    log.error({ err: error, password_file }, 'first password not removed: remove it by hand')
  }
}
