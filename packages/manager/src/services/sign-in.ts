import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Tokens as Granted } from '@linux-patch/shared/user'
import type { Database, Stores } from '../db/open.ts'
import type { UserRecord } from '../db/users.ts'
import { entryFor } from './audit.ts'
import { personOf, type ManagerCall, type Person } from './caller.ts'
import { rightsOf } from './rights.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { hashOf } from './secret-hash.ts'
import { ACCESS_SECONDS, newRefreshToken, REFRESH_SECONDS, type Tokens } from './tokens.ts'

type Deps = {
  database: Database
  tokens: Tokens
  now: () => Date
  /** Hears whose sessions have ended, so that their sockets can be closed. */
  onEnded: (ended: (person: Person) => boolean) => void
  onPasswordChanged: () => Promise<void>
}

export type SignIn = ReturnType<typeof signInService>

export function signInService({ database, tokens, now, onEnded, onPasswordChanged }: Deps) {
  const { users, sessions, audit } = database.stores
  // A name that nobody has costs the same time as a wrong password.
  const nobody = hashPassword(newRefreshToken())

  async function grant(
    user: UserRecord,
    sessionId: string,
    refreshToken: string,
  ): Promise<Granted> {
    const claims = { user_id: user.id, session_id: sessionId, epoch: user.epoch }
    return {
      access_token: await tokens.sign(claims),
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: ACCESS_SECONDS,
      user: (await rightsOf(database.stores, user)).user,
    }
  }

  async function login({ username, password }: Input<ManagerApi['login']>, call: ManagerCall) {
    const user = await users.find(username)
    const matches = await isPassword(password, user?.password_hash ?? (await nobody))
    if (!user || !matches) {
      const refused = { action: 'sign_in', target_type: 'user', target_id: user?.id ?? null }
      await audit.append(
        entryFor(call, now(), { ...refused, outcome: 'refused', details: { username } }),
      )
      throw wrongCredentials()
    }
    const refreshToken = newRefreshToken()
    const session = await database.transaction(async (stores) => {
      // Checking takes a while, and the password may have been changed in it.
      if ((await stores.users.get(user.id)).epoch !== user.epoch) throw wrongCredentials()
      const opened = await stores.sessions.add({
        user_id: user.id,
        refresh_hash: hashOf(refreshToken),
        ip: call.peer,
        user_agent: '',
        expires_at: new Date(now().getTime() + REFRESH_SECONDS * 1000).toISOString(),
      })
      await record(stores, call, 'sign_in', user)
      return opened
    })
    return grant(user, session.id, refreshToken)
  }

  async function refresh(sent: string | undefined) {
    if (!sent) throw signInAgain()
    const refreshToken = newRefreshToken()
    const session = await sessions.rotate(hashOf(sent), hashOf(refreshToken), now().toISOString())
    if (session === 'reused') {
      const ended = await sessions.findByToken(hashOf(sent))
      onEnded((person) => person.session_id === ended?.id)
      throw new Failure('unauthorized', 'This token was used before; the session has ended.')
    }
    if (typeof session === 'string') throw signInAgain()
    return grant(await users.get(session.user_id), session.id, refreshToken)
  }

  /** Whose an access token is, if its session still lives and the user's rights did not change since. */
  async function whoIs(token: string): Promise<Person> {
    const { user_id, session_id, epoch } = await tokens.read(token)
    const session = await liveSession(session_id)
    if (session?.user_id !== user_id) throw signInAgain()
    const user = await users.get(user_id)
    if (user.epoch !== epoch || !user.is_active) throw signInAgain()
    return { ...(await rightsOf(database.stores, user)), session_id }
  }

  async function liveSession(id: string) {
    const session = await sessions.find(id)
    const lives = session && !session.revoked_at && session.expires_at > now().toISOString()
    return lives ? session : undefined
  }

  const lives = async ({ session_id }: Person) => (await liveSession(session_id)) !== undefined

  async function logout(call: ManagerCall) {
    const { user, session_id } = personOf(call)
    await database.transaction(async (stores) => {
      await stores.sessions.revoke(session_id, now().toISOString())
      await record(stores, call, 'sign_out', user)
    })
    onEnded((person) => person.session_id === session_id)
  }

  async function changePassword(input: Input<ManagerApi['changeOwnPassword']>, call: ManagerCall) {
    const { user, session_id } = personOf(call)
    const { password_hash, epoch } = await users.get(user.id)
    if (!(await isPassword(input.current_password, password_hash)))
      throw new Failure('invalid_credentials', 'The current password is wrong.')
    if (input.new_password === input.current_password)
      throw new Failure('invalid_request', 'The new password is the old one.')

    const hash = await hashPassword(input.new_password)
    await database.transaction(async (stores) => {
      // Of two sessions that change it at once, the second one was ended by the first.
      if ((await stores.users.get(user.id)).epoch !== epoch) throw signInAgain()
      await stores.users.setPassword(user.id, hash)
      await stores.sessions.revokeAll(user.id, session_id, now().toISOString())
      await record(stores, call, 'password_change', user)
    })
    onEnded((person) => person.user.id === user.id && person.session_id !== session_id)
    await onPasswordChanged()
  }

  const record = (stores: Stores, call: ManagerCall, action: string, { id }: { id: string }) =>
    stores.audit.append(entryFor(call, now(), { action, target_type: 'user', target_id: id }))

  return { login, refresh, whoIs, lives, logout, changePassword }
}

const wrongCredentials = () =>
  new Failure('invalid_credentials', 'The name or the password is wrong.')

const signInAgain = () => new Failure('unauthorized', 'Sign in again.')
