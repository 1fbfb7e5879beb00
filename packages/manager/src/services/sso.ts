import { randomBytes } from 'node:crypto'
import { basePath } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { Oidc } from '@linux-patch/shared/settings'
import { withQuery, type SsoConfig, type SsoProblemCode } from '@linux-patch/shared/sso'
import type { Database } from '../db/open.ts'
import type { SsoAttempt } from '../db/sso.ts'
import type { Log } from '../log.ts'
import type { Identity } from '../oidc/claims.ts'
import { connect } from '../oidc/connect.ts'
import { addressOf, identityFrom } from '../oidc/flow.ts'
import { SsoProblem, whyOf } from '../oidc/problem.ts'
import { entryFor } from './audit.ts'
import type { ManagerCall } from './caller.ts'
import { hashOf } from './secret-hash.ts'
import { subjectOf, type SsoAccounts } from './sso-accounts.ts'
import type { SsoHandoffs } from './sso-handoffs.ts'
import { marksOf } from './sso-marks.ts'

export const ATTEMPT_SECONDS = 10 * 60

type Deps = {
  database: Database
  settings: () => Promise<Oidc>
  accounts: SsoAccounts
  handoffs: Pick<SsoHandoffs, 'give'>
  /** The manager's own address, as people know it. */
  url: () => string
  log: Log
  now: () => Date
}
/** What the provider sent back by way of the browser. */
export type Brought = { [Name in 'code' | 'state' | 'iss' | 'error']?: string | undefined }

export type SsoService = ReturnType<typeof ssoService>

/** Signing in by the word of an OpenID provider: the authorization code flow, with PKCE. */
export function ssoService({ database, settings, accounts, handoffs, url, log, now }: Deps) {
  const { sso, audit } = database.stores
  const after = (seconds: number) => new Date(now().getTime() + seconds * 1000).toISOString()

  async function settled() {
    const { enabled, issuer, client_id, redirect_uri, ...rest } = await settings()
    if (!enabled || issuer === null || client_id === null)
      throw new Failure('not_found', 'Single sign-on is not set up here.')
    const usual = `${url()}${basePath}/auth/sso/callback`
    return { ...rest, issuer, client_id, redirect_uri: redirect_uri ?? usual }
  }

  async function config(): Promise<SsoConfig> {
    const { enabled, display_name } = await settings()
    return { enabled, display_name, auth_url: `${basePath}/auth/sso/login` }
  }

  /** Where the browser goes on, and the secret that it keeps meanwhile. */
  async function begin(return_to: string): Promise<{ place: string; browser: string | null }> {
    const asked = await settled()
    const browser = randomBytes(32).toString('base64url')
    try {
      const provider = await connect(asked)
      const place = await addressOf({ provider, marks: marksOf(browser), ...asked }, asked.scopes)
      const { issuer } = asked
      const expires_at = after(ATTEMPT_SECONDS)
      await sso.addAttempt({ browser_hash: hashOf(browser), issuer, return_to, expires_at })
      return { place, browser }
    } catch (error) {
      return { place: withQuery('/', { sso_error: told(error) }), browser: null }
    }
  }

  /** Where on the page the browser goes on: with a handoff code, or with what is the matter. */
  async function end(brought: Brought, browser: string | undefined, call: ManagerCall) {
    const asked = await settled()
    try {
      const attempt = await take(brought, browser)
      const handoff = await vouched({ asked, attempt, brought, browser: browser ?? '', call })
      return withQuery(attempt.return_to, { handoff })
    } catch (error) {
      return withQuery('/', { sso_error: told(error) })
    }
  }

  /** What another browser began is left alone: whoever sends a link about must not end somebody's sign-in. */
  async function take({ state }: Brought, browser: string | undefined): Promise<SsoAttempt> {
    const isOwn = browser !== undefined && state === marksOf(browser).state
    const attempt = isOwn ? await sso.takeAttempt(hashOf(browser), now().toISOString()) : undefined
    if (!attempt) throw new SsoProblem('expired')
    return attempt
  }

  type Coming = {
    asked: Awaited<ReturnType<typeof settled>>
    attempt: SsoAttempt
    brought: Brought
    browser: string
    call: ManagerCall
  }

  async function vouched({ asked, attempt, brought, browser, call }: Coming): Promise<string> {
    let identity: Identity | null = null
    try {
      // The code is for whoever gave it: it is not taken to a provider that was set meanwhile.
      if (attempt.issuer !== asked.issuer) throw new SsoProblem('expired')
      const provider = await connect(asked)
      const marks = marksOf(browser)
      identity = await identityFrom({ provider, marks, ...asked }, brought, asked.groups_claim)
      const { id, epoch } = await accounts.accountOf({ identity, rules: asked, call })
      return await handoffs.give({ user_id: id, epoch, browser_hash: hashOf(browser) })
    } catch (error) {
      if (error instanceof SsoProblem) await refuse(error, identity, call)
      throw error
    }
  }

  async function refuse({ code }: SsoProblem, identity: Identity | null, call: ManagerCall) {
    const about = identity ? { subject: subjectOf(identity), email: identity.verified_email } : {}
    const what = { action: 'sign_in', target_type: 'user', target_id: null }
    const details = { way: 'oidc', reason: code, ...about }
    await audit.append(entryFor(call, now(), { ...what, outcome: 'refused', details }))
  }

  function told(error: unknown): SsoProblemCode {
    if (!(error instanceof SsoProblem)) throw error
    log.warn({ reason: error.code, why: whyOf(error.cause) }, 'single sign-on refused')
    return error.code
  }

  return { config, begin, end }
}
