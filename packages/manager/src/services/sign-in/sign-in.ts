import type { Input } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database } from '../../db/open.ts'
import type { UserRecord } from '../../db/people/users.ts'
import type { Attempts } from './attempts.ts'
import { entryFor } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import { hashPassword, isPassword } from './passwords.ts'
import type { SessionOpening } from './session-opening.ts'
import { accountDisabled, wrongCredentials } from './sign-in-failures.ts'
import { newRefreshToken } from './tokens.ts'

type Deps = {
  database: Database
  attempts: Attempts
  opening: SessionOpening
  now: () => Date
}
type Credentials = Input<ManagerApi['login']>

export type SignIn = ReturnType<typeof signInService>

/** Lets people in by their name and password. */
export function signInService({ database, attempts, opening, now }: Deps) {
  const { users, audit } = database.stores
  // A name that nobody has, or that no password opens, costs the same time as a wrong password.
  const nobody = hashPassword(newRefreshToken())

  /** Whose name and password these are. */
  async function holderOf(
    { username, password }: Credentials,
    call: ManagerCall,
  ): Promise<UserRecord> {
    const user = await users.find(username)
    const stored = user?.password_hash || (await nobody)
    const isRight = async () =>
      (await isPassword(password, stored, call.signal)) && stored === user?.password_hash
    const attempt = { call, username, user_id: user?.id ?? null, action: 'sign_in' }
    await attempts.judge({ ...attempt, isRight, wrong: wrongCredentials })
    if (!user) throw wrongCredentials()
    if (user.is_active) return user
    await refuseDisabled(user, call)
    throw accountDisabled()
  }

  const refuseDisabled = ({ id, username }: UserRecord, call: ManagerCall) => {
    const refused = {
      action: 'sign_in',
      target_type: 'user',
      target_id: id,
      outcome: 'refused',
    } as const
    return audit.append(
      entryFor(call, now(), { ...refused, details: { username, disabled: true } }),
    )
  }

  return {
    async login(credentials: Credentials, call: ManagerCall) {
      const user = await holderOf(credentials, call)
      return opening.open(user, call, { way: 'password' })
    },
  }
}
