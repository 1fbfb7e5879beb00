import type { Database } from '../../db/open.ts'
import type { SsoAttempt } from '../../db/sign-in/sso.ts'
import type { Identity } from '../../oidc/claims.ts'
import { connect } from '../../oidc/connect.ts'
import { identityFrom } from '../../oidc/flow.ts'
import { SsoProblem } from '../../oidc/problem.ts'
import { entryFor } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import { hashOf } from '../secret-hash.ts'
import type { SsoAccounts } from './accounts.ts'
import type { SsoHandoffs } from './handoffs.ts'
import { marksOf } from './marks.ts'
import { sidOf, subjectOf } from './names.ts'
import type { SsoSetup } from './setup.ts'

export type SsoReturnDeps = {
  database: Database
  accounts: SsoAccounts
  handoffs: Pick<SsoHandoffs, 'give'>
  now: () => Date
}
/** What the provider sent along by way of the browser. */
export type Brought = { [Name in 'code' | 'state' | 'iss' | 'error']?: string | undefined }

type Coming = { brought: Brought; browser: string | undefined; call: ManagerCall }

/** Takes a browser back from the provider. Every refusal is an SsoProblem. */
export function ssoReturn({ database, accounts, handoffs, now }: SsoReturnDeps) {
  const { sso, audit } = database.stores

  /** The sign-in that this browser began. Another's is left alone: a link that is sent about must not end it. */
  async function take({ state }: Brought, browser: string): Promise<SsoAttempt> {
    const isOwn = state === marksOf(browser).state
    const attempt = isOwn ? await sso.takeAttempt(hashOf(browser), now().toISOString()) : undefined
    if (!attempt) throw new SsoProblem('expired')
    return attempt
  }

  async function ask(setup: SsoSetup, brought: Brought, browser: string): Promise<Identity> {
    const provider = await connect(setup)
    const { redirect_uri, groups_claim } = setup
    return identityFrom({ provider, redirect_uri, marks: marksOf(browser) }, brought, groups_claim)
  }

  async function refuse({ code }: SsoProblem, call: ManagerCall, identity?: Identity) {
    const about = identity && { subject: subjectOf(identity), email: identity.verified_email }
    const details = { way: 'oidc', reason: code, ...about }
    const what = { action: 'sign_in', target_type: 'user', target_id: null }
    await audit.append(entryFor(call, now(), { ...what, outcome: 'refused', details }))
  }

  /** A provider that does not tell is believed to have done what it was asked, and one whose clock is ahead as well. */
  function provedAt({ proved_at }: Identity): string {
    const at = now()
    return (proved_at === null || proved_at > at ? at : proved_at).toISOString()
  }

  return async (setup: SsoSetup, { brought, browser = '', call }: Coming) => {
    const { issuer, return_to } = await take(brought, browser)
    let identity: Identity | undefined
    try {
      // The code is for whoever gave it: it is not taken to a provider that was set meanwhile.
      if (issuer !== setup.issuer) throw new SsoProblem('expired')
      identity = await ask(setup, brought, browser)
      const { id, epoch } = await accounts.accountOf({ identity, rules: setup, call })
      const confirmed_at = provedAt(identity)
      const whose = { user_id: id, epoch, confirmed_at, sso_sid: sidOf(identity) }
      return { return_to, handoff: await handoffs.give(whose, browser) }
    } catch (error) {
      if (error instanceof SsoProblem) await refuse(error, call, identity)
      throw error
    }
  }
}
