import { Username } from '@linux-patch/shared/account'
import { Failure } from '@linux-patch/shared/failure'
import type { Database, Stores } from '../../db/open.ts'
import { unlock } from './attempts.ts'
import { entryBySystem } from '../audit/audit.ts'
import { makePassword } from './made-password.ts'
import { passwordRules, type Owner } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { takeSecondFactor } from './second-factor-reset.ts'

type Deps = {
  database: Database
  /** Who has typed the command, as the system calls him. */
  os_user: string
  now: () => Date
}

/** A password that was made has to be told, and changed; `made` is null where one was given. */
export type Given = { made: string | null }

/** What lets people in again when nobody is left who could: for whoever has the manager's own files. */
export function rescue({ database, os_user, now }: Deps) {
  const security = async () => (await database.stores.settings.get('security')).values
  const { check } = passwordRules({ security })

  const record = ({ audit }: Stores, action: string, target_id: string, username: string) => {
    const what = { action, target_type: 'user', target_id, details: { username, os_user } }
    return audit.append(entryBySystem(now(), what))
  }

  /** The password that was given, if it may be one, or else one that is made. */
  async function choose(given: string | null, owner: Owner) {
    if (given !== null) await check(given, owner)
    const password = given ?? makePassword()
    return { made: given === null ? password : null, hash: await hashPassword(password) }
  }

  return {
    async createAdministrator(username: string, given: string | null): Promise<Given> {
      const { error } = Username.safeParse(username)
      if (error) throw new Failure('invalid_request', `The name ${error.issues[0]?.message}.`)
      const owner = { username, display_name: '', email: null, password_hash: '' }
      const { made, hash } = await choose(given, owner)
      await database.transaction(async (stores) => {
        const { id } = await stores.users.add({
          username,
          password_hash: hash,
          role: 'admin',
          must_change_password: made !== null,
          created_at: now().toISOString(),
        })
        await record(stores, 'administrator_create', id, username)
      })
      return { made }
    },

    /** All sessions of the user end, and he is not locked out any longer. */
    async resetPassword(username: string, given: string | null): Promise<Given> {
      const user = await named(database.stores, username)
      if (user.provider !== 'local')
        throw new Failure('conflict', `${user.username} signs in at another system.`)
      const { made, hash } = await choose(given, user)
      await database.transaction(async (stores) => {
        await stores.users.setPassword(user.id, hash)
        if (made !== null) await stores.accounts.givePassword(user.id, hash)
        await stores.sessions.revokeAll(user.id, null, now().toISOString())
        await unlock(stores, user.username)
        await record(stores, 'password_reset', user.id, user.username)
      })
      return { made }
    },

    disableMfa: (username: string): Promise<void> =>
      database.transaction(async (stores) => {
        const user = await named(stores, username)
        await takeSecondFactor(stores, user.id, now())
        await record(stores, 'mfa_reset', user.id, user.username)
      }),

    unlock: (username: string): Promise<void> =>
      database.transaction(async (stores) => {
        const user = await named(stores, username)
        await unlock(stores, user.username)
        await record(stores, 'user_unlock', user.id, user.username)
      }),
  }
}

async function named({ users }: Stores, username: string) {
  const user = await users.find(username)
  if (user) return user
  throw new Failure('not_found', `There is no user called ${username}.`)
}
