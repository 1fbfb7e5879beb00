import type { Tokens as Granted } from '@linux-patch/shared/user'
import type { Database } from '../db/open.ts'
import type { SessionRecord } from '../db/sessions.ts'
import type { UserRecord } from '../db/users.ts'
import { entryFor } from './audit.ts'
import type { ManagerCall } from './caller.ts'
import { signInAgain } from './sign-in-failures.ts'
import { rightsOf } from './rights.ts'
import { hashOf } from './secret-hash.ts'
import { ACCESS_SECONDS, newRefreshToken, REFRESH_SECONDS, type Tokens } from './tokens.ts'

type Deps = { database: Database; tokens: Tokens; now: () => Date }

export type SessionOpening = ReturnType<typeof sessionOpening>
/** How somebody showed who he is. */
export type Way = 'password' | 'oidc'

/** Opens sessions for whoever has shown who he is, however he did. */
export function sessionOpening({ database, tokens, now }: Deps) {
  /** What a session hands out, at its beginning and whenever it is refreshed. */
  async function grant(
    user: UserRecord,
    session: SessionRecord,
    refresh_token: string,
  ): Promise<Granted> {
    const claims = { user_id: user.id, session_id: session.id, epoch: user.epoch }
    return {
      access_token: await tokens.sign(claims),
      refresh_token,
      token_type: 'Bearer',
      expires_in: ACCESS_SECONDS,
      user: (await rightsOf(database.stores, user)).user,
    }
  }

  /** `user` as he was when he showed it: showing takes a while, and he may have been shut out in it. */
  async function open(user: UserRecord, call: ManagerCall, way: Way): Promise<Granted> {
    const at = now()
    const refreshToken = newRefreshToken()
    const session = await database.transaction(async (stores) => {
      if (!(await stores.users.setSignedIn(user, at.toISOString()))) throw signInAgain()
      const what = { action: 'sign_in', target_type: 'user', target_id: user.id, details: { way } }
      await stores.audit.append(entryFor(call, at, what))
      return stores.sessions.add({
        user_id: user.id,
        refresh_hash: hashOf(refreshToken),
        ip: call.peer,
        user_agent: '',
        confirmed_at: at.toISOString(),
        expires_at: new Date(at.getTime() + REFRESH_SECONDS * 1000).toISOString(),
      })
    })
    return grant(user, session, refreshToken)
  }

  return { open, grant }
}
