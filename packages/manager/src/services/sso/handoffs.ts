import { randomBytes } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import type { Database } from '../../db/open.ts'
import type { SsoHandoff } from '../../db/sign-in/sso.ts'
import type { ManagerCall } from '../caller.ts'
import { hashOf } from '../secret-hash.ts'
import type { Opened, SessionOpening } from '../sign-in/session-opening.ts'

const HANDOFF_SECONDS = 60

type Deps = { database: Database; opening: Pick<SessionOpening, 'open'>; now: () => Date }
type Whose = Omit<SsoHandoff, 'code_hash' | 'browser_hash' | 'expires_at'>
export type SsoHandoffs = ReturnType<typeof ssoHandoffs>

/**
 * Codes by which the page gets the tokens of who has just come back: an address ends up in histories and logs, and
 * these are worth nothing there. No session is opened before its code was traded.
 */
export function ssoHandoffs({ database, opening, now }: Deps) {
  const { sso, users } = database.stores

  async function give(whose: Whose, browser: string) {
    const code = randomBytes(32).toString('base64url')
    const expires_at = new Date(now().getTime() + HANDOFF_SECONDS * 1000).toISOString()
    const hashes = { code_hash: hashOf(code), browser_hash: hashOf(browser) }
    await database.transaction(async (stores) => {
      await stores.users.hold(whose.user_id)
      await stores.sso.addHandoff({ ...whose, ...hashes, expires_at })
    })
    return code
  }

  /** `browser`: what it was given at the beginning. A code that was read off a screen is of no use without. */
  async function exchange(
    code: string,
    browser: string | undefined,
    call: ManagerCall,
  ): Promise<Opened> {
    const hashes = { code_hash: hashOf(code), browser_hash: hashOf(browser ?? '') }
    const handoff = await sso.takeHandoff(hashes, now().toISOString())
    const user = handoff && (await users.get(handoff.user_id))
    // He may have been disabled, or all his sessions ended, in the meantime.
    if (!user?.is_active || user.epoch !== handoff?.epoch)
      throw new Failure('invalid_handoff', 'This sign-in has ended. Begin again.')
    const { confirmed_at, sso_sid } = handoff
    const origin = { sso_subject: user.subject, sso_sid }
    return opening.open(user, call, { way: 'oidc', confirmed_at, origin })
  }

  return { give, exchange }
}
