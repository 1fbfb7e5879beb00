import type { Input } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database } from '../db/open.ts'
import type { UserRecord } from '../db/users.ts'
import { entryFor } from './audit.ts'
import type { ManagerCall } from './caller.ts'
import { hashPassword, isPassword } from './passwords.ts'
import type { SessionOpening } from './session-opening.ts'
import { wrongCredentials } from './sign-in-failures.ts'
import { newRefreshToken } from './tokens.ts'

type Deps = { database: Database; opening: SessionOpening; now: () => Date }
type Credentials = Input<ManagerApi['login']>

export type SignIn = ReturnType<typeof signInService>

/** Lets people in by their name and password. */
export function signInService({ database, opening, now }: Deps) {
  const { users, audit } = database.stores
  // A name that nobody has costs the same time as a wrong password.
  const nobody = hashPassword(newRefreshToken())

  /** Whose name and password these are. */
  async function holderOf(
    { username, password }: Credentials,
    call: ManagerCall,
  ): Promise<UserRecord> {
    const user = await users.find(username)
    const matches = await isPassword(password, user?.password_hash || (await nobody))
    if (user && matches) return user
    const refused = { action: 'sign_in', target_type: 'user', target_id: user?.id ?? null }
    await audit.append(
      entryFor(call, now(), { ...refused, outcome: 'refused', details: { username } }),
    )
    throw wrongCredentials()
  }

  return {
    async login(credentials: Credentials, call: ManagerCall) {
      const user = await holderOf(credentials, call)
      return opening.open(user, call, 'password')
    },
  }
}
