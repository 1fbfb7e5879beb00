import { Failure } from '@linux-patch/shared/failure'
import type { Database } from '../../db/open.ts'
import type { SessionRecord } from '../../db/sign-in/sessions.ts'
import { entryFor } from '../audit/audit.ts'
import type { ManagerCall, OnEnded, Person } from '../caller.ts'
import { rightsOf } from '../people/rights.ts'
import { hashOf } from '../secret-hash.ts'
import type { SessionOpening } from './session-opening.ts'
import { signInAgain } from './sign-in-failures.ts'
import { newRefreshToken, type Tokens } from './tokens.ts'

type Deps = {
  database: Database
  tokens: Tokens
  opening: SessionOpening
  now: () => Date
  onEnded: OnEnded
}

export type Sessions = ReturnType<typeof sessionService>

/** Goes on with sessions that are open, and ends them. */
export function sessionService({ database, tokens, opening, now, onEnded }: Deps) {
  const { users, sessions } = database.stores

  async function refresh(sent: string | undefined, call: ManagerCall) {
    if (!sent) throw signInAgain()
    const refreshToken = newRefreshToken()
    const session = await sessions.rotate(hashOf(sent), hashOf(refreshToken), now().toISOString())
    if (session === 'reused') {
      const ended = await sessions.findByToken(hashOf(sent))
      await database.stores.audit.append(entryFor(call, now(), reuseOf(ended?.user_id ?? null)))
      onEnded((person) => person.session_id === ended?.id)
      throw new Failure('unauthorized', 'This token was used before; the session has ended.')
    }
    if (typeof session === 'string') throw signInAgain()
    return opening.grant(await users.get(session.user_id), session, refreshToken)
  }

  /** Whose an access token is, if its session still lives and the user's rights did not change since. */
  async function whoIs(token: string): Promise<Person> {
    const { user_id, session_id, epoch } = await tokens.read(token)
    const session = await liveSession(session_id)
    if (session?.user_id !== user_id) throw signInAgain()
    const user = await users.get(user_id)
    if (user.epoch !== epoch || !user.is_active) throw signInAgain()
    const { confirmed_at } = session
    const rights = await rightsOf(database.stores, user)
    return { ...rights, session_id, token_id: null, confirmed_at }
  }

  async function liveSession(id: string) {
    const session = await sessions.find(id)
    const lives = session && !session.revoked_at && session.expires_at > now().toISOString()
    return lives ? session : undefined
  }

  /** `sent`: a refresh token. It ends its session also where it was traded already. Answers which one has ended. */
  async function logout(sent: string | undefined, call: ManagerCall): Promise<SessionRecord> {
    const id = call.caller?.session_id ?? (sent && (await sessions.findByToken(hashOf(sent)))?.id)
    const session = id ? await liveSession(id) : undefined
    if (!session) throw signInAgain()
    const { id: user_id, username } = await users.get(session.user_id)
    const what = { action: 'sign_out', target_type: 'user', target_id: user_id }
    const actor = { actor_type: 'user', actor_id: user_id, actor_name: username }
    await database.transaction(async (stores) => {
      await stores.sessions.revoke(session.id, now().toISOString())
      await stores.audit.append({ ...entryFor(call, now(), what), ...actor })
    })
    onEnded((person) => person.session_id === session.id)
    return session
  }

  return { refresh, whoIs, logout }
}

/** Somebody has a copy of a token: its owner, or whoever took it from him. */
const reuseOf = (target_id: string | null) =>
  ({ action: 'session_reuse', target_type: 'user', target_id, outcome: 'refused' }) as const
