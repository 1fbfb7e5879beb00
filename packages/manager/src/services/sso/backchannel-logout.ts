import { Failure } from '@linux-patch/shared/failure'
import type { Input } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Oidc } from '@linux-patch/shared/settings'
import type { Database } from '../../db/open.ts'
import type { Log } from '../../log.ts'
import type { KnownProvider } from '../../oidc/known-provider.ts'
import { FORGOTTEN_SECONDS, LogoutRefused, readLogout, type Logout } from '../../oidc/logout.ts'
import { whyOf } from '../../oidc/problem.ts'
import { entryByProvider } from '../audit/audit.ts'
import type { ManagerCall, OnEnded } from '../caller.ts'
import { hashOf } from '../secret-hash.ts'
import { sidOf, subjectOf } from './names.ts'
import { setUp } from './setup.ts'

type Deps = {
  database: Database
  settings: () => Promise<Oidc>
  known: KnownProvider
  /** The manager's own address, as people know it. */
  url: () => string
  onEnded: OnEnded
  log: Log
  now: () => Date
}

export type BackchannelLogout = ReturnType<typeof backchannelLogout>

/** Ends here what has ended at the provider, which says so by itself: OpenID Connect Back-Channel Logout 1.0. */
export function backchannelLogout({ database, settings, known, url, onEnded, log, now }: Deps) {
  /** Answers which sessions were ended. */
  const end = (logout: Logout, call: ManagerCall): Promise<Set<string>> =>
    database.transaction(async (stores) => {
      const { ssoLogouts, accounts, audit } = stores
      const { issuer, subject, jti } = logout
      const at = now()
      const expires_at = new Date(at.getTime() + FORGOTTEN_SECONDS * 1000).toISOString()
      if (!(await ssoLogouts.take({ token_hash: hashOf(`${issuer} ${jti}`), expires_at })))
        throw new LogoutRefused(new Error('It was used before.'))
      const whose = {
        sso_subject: subject === null ? null : subjectOf({ issuer, subject }),
        sso_sid: sidOf(logout),
      }
      // Before the sessions: who is just opening one is waited for, or waits, and then counts as who he was no longer.
      const users = await ssoLogouts.listUsers(whose)
      await accounts.hold(users)
      await accounts.raiseEpoch(users)
      const ended = await ssoLogouts.endSessions(whose, at.toISOString())
      for (const id of users) {
        const sessions = ended.filter(({ user_id }) => user_id === id).length
        const what = { action: 'sso_sign_out', target_type: 'user', target_id: id }
        await audit.append(entryByProvider(issuer, call, at, { ...what, details: { sessions } }))
      }
      return new Set(ended.map(({ id }) => id))
    })

  return async ({ logout_token }: Input<ManagerApi['backchannelLogout']>, call: ManagerCall) => {
    const setup = setUp(await settings(), url())
    try {
      const reading = { ...setup, known: () => known(setup), now: now() }
      const ids = await end(await readLogout(logout_token, reading), call)
      onEnded(({ session_id }) => session_id !== null && ids.has(session_id))
      return {}
    } catch (error) {
      if (!(error instanceof LogoutRefused)) throw error
      log.warn({ why: whyOf(error.cause) }, 'a logout token was refused')
      throw new Failure('invalid_request', error.message, { cause: error })
    }
  }
}
