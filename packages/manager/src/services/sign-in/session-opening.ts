import type { Security } from '@linux-patch/shared/settings'
import type { Tokens as Granted } from '@linux-patch/shared/user'
import type { Database } from '../../db/open.ts'
import { ownWord, type SessionRecord, type SsoOrigin } from '../../db/sign-in/sessions.ts'
import type { UserRecord } from '../../db/people/users.ts'
import type { Attempts } from './attempts.ts'
import { entryFor } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import { takesCode, type SecondFactorRules, type Way } from './second-factor-policy.ts'
import { newChallenge } from './sign-in-challenges.ts'
import { signInAgain } from './sign-in-failures.ts'
import { rightsOf } from '../people/rights.ts'
import { hashOf } from '../secret-hash.ts'
import { ACCESS_SECONDS, newRefreshToken, type Tokens } from './tokens.ts'

type Deps = {
  database: Database
  tokens: Tokens
  attempts: Attempts
  security: () => Promise<Pick<Security, 'session_hours'> & SecondFactorRules>
  now: () => Date
}

const HOUR = 3_600_000

/** What a session hands out, and until when it lasts at most. */
export type Opened = Granted & { session_ends_at: string }
export type SessionOpening = ReturnType<typeof sessionOpening>
/** How somebody showed who he is, and when, if not just now; and by whose word, if not by his own. */
type Shown = { way: Way; confirmed_at?: string; origin?: SsoOrigin }

/** Opens sessions for whoever has shown who he is, however he did. */
export function sessionOpening({ database, tokens, attempts, security, now }: Deps) {
  /** What a session hands out, at its beginning and whenever it is refreshed. */
  async function grant(
    user: UserRecord,
    session: SessionRecord,
    refresh_token: string,
  ): Promise<Opened> {
    const claims = { user_id: user.id, session_id: session.id, epoch: user.epoch }
    return {
      access_token: await tokens.sign(claims),
      refresh_token,
      token_type: 'Bearer',
      expires_in: ACCESS_SECONDS,
      user: (await rightsOf(database.stores, user)).user,
      session_ends_at: session.expires_at,
    }
  }

  /**
   * `user` as he was when he showed it: showing takes a while, and he may have been shut out in it. Throws what asks
   * for a code first, where it takes one.
   */
  async function open(
    user: UserRecord,
    call: ManagerCall,
    { way, confirmed_at, origin = ownWord }: Shown,
  ): Promise<Opened> {
    const { session_hours, ...rules } = await security()
    if (takesCode(user, way, rules)) throw await newChallenge(database, { user, origin }, now())
    const at = now()
    const refreshToken = newRefreshToken()
    const session = await database.transaction(async (stores) => {
      if (!(await stores.users.setSignedIn(user, at.toISOString()))) throw signInAgain()
      await attempts.forgive(stores, user.username, call)
      const what = { action: 'sign_in', target_type: 'user', target_id: user.id, details: { way } }
      // From here on it is he who asks.
      const { id: actor_id, username: actor_name } = user
      const entry = entryFor(call, at, what)
      await stores.audit.append({ ...entry, actor_type: 'user', actor_id, actor_name })
      return stores.sessions.add({
        ...origin,
        user_id: user.id,
        refresh_hash: hashOf(refreshToken),
        ip: call.peer,
        user_agent: call.user_agent,
        created_at: at.toISOString(),
        confirmed_at: confirmed_at ?? at.toISOString(),
        expires_at: new Date(at.getTime() + session_hours * HOUR).toISOString(),
      })
    })
    return grant(user, session, refreshToken)
  }

  return { open, grant }
}
