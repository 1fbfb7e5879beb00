import { randomBytes } from 'node:crypto'
import { basePath } from '@linux-patch/shared/contract'
import type { Oidc, Security } from '@linux-patch/shared/settings'
import { withQuery, type SsoConfig } from '@linux-patch/shared/sso'
import type { Log } from '../../log.ts'
import { connect } from '../../oidc/connect.ts'
import { addressOf } from '../../oidc/flow.ts'
import { SsoProblem, whyOf } from '../../oidc/problem.ts'
import type { ManagerCall } from '../caller.ts'
import { hashOf } from '../secret-hash.ts'
import { marksOf } from './marks.ts'
import { ssoReturn, type Brought, type SsoReturnDeps } from './return.ts'
import { setUp } from './setup.ts'

export const ATTEMPT_SECONDS = 10 * 60

type Deps = SsoReturnDeps & {
  settings: () => Promise<Oidc>
  security: () => Promise<Pick<Security, 'step_up_minutes'>>
  /** The manager's own address, as people know it. */
  url: () => string
  log: Log
}

export type SsoService = ReturnType<typeof ssoService>

/** Signing in by the word of an OpenID provider: the authorization code flow, with PKCE. */
export function ssoService({ settings, security, url, log, ...deps }: Deps) {
  const { database, now } = deps
  const takeBack = ssoReturn(deps)

  async function config(): Promise<SsoConfig> {
    const { enabled, display_name } = await settings()
    return { enabled, display_name, auth_url: `${basePath}/auth/sso/login` }
  }

  /** Where the browser goes on, and the secret that it keeps meanwhile. */
  async function begin(return_to: string): Promise<{ place: string; browser: string | null }> {
    const setup = setUp(await settings(), url())
    const { issuer, redirect_uri, scopes } = setup
    const browser = randomBytes(32).toString('base64url')
    try {
      const provider = await connect(setup)
      // As with a password: whoever comes in may do what is dangerous for a while, so he proved it just now.
      const max_age_seconds = (await security()).step_up_minutes * 60
      const asked = { provider, redirect_uri, marks: marksOf(browser) }
      const place = await addressOf(asked, { scopes, max_age_seconds })
      const expires_at = new Date(now().getTime() + ATTEMPT_SECONDS * 1000).toISOString()
      const attempt = { browser_hash: hashOf(browser), issuer, return_to, expires_at }
      await database.stores.sso.addAttempt(attempt)
      return { place, browser }
    } catch (error) {
      return { place: placeOfProblem(error), browser: null }
    }
  }

  /** Where on the page the browser goes on: with a handoff code, or with what is the matter. */
  async function end(brought: Brought, browser: string | undefined, call: ManagerCall) {
    const setup = setUp(await settings(), url())
    try {
      const { return_to, handoff } = await takeBack(setup, { brought, browser, call })
      return withQuery(return_to, { handoff })
    } catch (error) {
      return placeOfProblem(error)
    }
  }

  function placeOfProblem(error: unknown): string {
    if (!(error instanceof SsoProblem)) throw error
    log.warn({ reason: error.code, why: whyOf(error.cause) }, 'single sign-on refused')
    return withQuery('/', { sso_error: error.code })
  }

  return { config, begin, end }
}
