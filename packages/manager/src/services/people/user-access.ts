import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { UserRecord } from '../../db/people/users.ts'
import type { Stores } from '../../db/open.ts'
import { recording } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import { unlock } from '../sign-in/attempts.ts'
import { hashPassword } from '../sign-in/passwords.ts'
import { givenOrMade, refuseMorePowerful, refuseSelf, refuseShutOut } from './user-rules.ts'
import type { UserDeps } from './users.ts'

/** Shuts out whoever has come in as a user, and lets the user himself in again. */
export function userAccess({ database, rules, now, onEnded, onPasswordChanged }: UserDeps) {
  const record = recording('user', now)
  const drop = (id: string) => onEnded(({ user }) => user.id === id)

  type Ending = { action: string; user: UserRecord; details?: Record<string, unknown> }
  async function end(stores: Stores, call: ManagerCall, { action, user, details }: Ending) {
    const { id, username } = user
    await refuseMorePowerful(stores, user, call)
    // First: whoever is just signing in either finds himself too late, or has a session that is seen to end.
    await stores.accounts.raiseEpoch([id])
    await stores.sessions.revokeAll(id, null, now().toISOString())
    await record(stores, call, { action, id, details: { username, ...details } })
  }

  return {
    async resetPassword({ id, password }: Input<ManagerApi['resetPassword']>, call: ManagerCall) {
      refuseSelf(call, id, 'change your own password under "Your account"')
      const user = await database.stores.users.get(id)
      // Before the password is looked at: to be told that it is the old one is to be told what that is.
      await refuseMorePowerful(database.stores, user, call)
      const given = givenOrMade(user.provider, password)
      if (given.password === null) throw hasNone()
      if (given.made === null) await rules.check(given.password, user)
      const hash = await hashPassword(given.password)
      await refuseShutOut(database.stores, call)
      await database.transaction(async (stores) => {
        await end(stores, call, { action: 'password_reset', user: await stores.users.hold(id) })
        await stores.accounts.givePassword(id, hash)
        // Who has forgotten his has often guessed until he was locked out.
        await unlock(stores, user.username)
      })
      drop(id)
      await onPasswordChanged()
      return { password: given.made }
    },

    async revokeSessions({ id, tokens }: Input<ManagerApi['revokeSessions']>, call: ManagerCall) {
      await database.transaction(async (stores) => {
        const user = await stores.users.hold(id)
        const revoked = tokens
          ? await stores.apiTokens.revoke({ user_id: id }, now().toISOString())
          : []
        await end(stores, call, { action: 'sessions_revoke', user, details: { tokens: revoked } })
      })
      onEnded(({ user, token_id }) => user.id === id && (tokens || token_id === null))
    },
  }
}

const hasNone = () =>
  new Failure('conflict', 'This user signs in at another system and has no password here.', {
    details: { reason: 'no_password' },
  })
