import type { Oidc } from '@linux-patch/shared/settings'
import type { SignedOut } from '@linux-patch/shared/sso'
import type { SsoOrigin } from '../../db/sign-in/sessions.ts'
import type { Log } from '../../log.ts'
import type { KnownProvider } from '../../oidc/known-provider.ts'
import { SsoProblem, whyOf } from '../../oidc/problem.ts'
import { signOutAddress } from '../../oidc/sign-out.ts'
import { subjectOf } from './names.ts'
import { setUp } from './setup.ts'

type Deps = {
  settings: () => Promise<Oidc>
  known: KnownProvider
  /** The manager's own address, as people know it. */
  url: () => string
  log: Log
}

export type SsoSignOut = ReturnType<typeof ssoSignOut>

/** Says where somebody goes on to whose session has ended here, if he is to sign out at the provider as well. */
export function ssoSignOut({ settings, known, url, log }: Deps) {
  return async ({ sso_subject }: SsoOrigin): Promise<SignedOut | undefined> => {
    const oidc = await settings()
    if (!oidc.enabled || !oidc.sign_out_at_provider || sso_subject === null) return undefined
    const setup = setUp(oidc, url())
    try {
      const { provider } = await known(setup)
      const { issuer } = provider.serverMetadata()
      // Another provider may have been set since he signed in.
      if (!sso_subject.startsWith(subjectOf({ issuer, subject: '' }))) return undefined
      const sign_out_url = signOutAddress(provider, new URL('/', setup.redirect_uri).href)
      return sign_out_url === undefined ? undefined : { sign_out_url }
    } catch (error) {
      // He is signed out here, whatever the provider does.
      if (!(error instanceof SsoProblem)) throw error
      log.warn({ why: whyOf(error.cause) }, 'nobody can be sent to the provider to sign out')
      return undefined
    }
  }
}
