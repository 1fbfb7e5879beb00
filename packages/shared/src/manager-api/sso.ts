import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { LocalPath, SsoConfig } from '../sso.ts'
import { Tokens } from '../user.ts'

/** What a provider sends along is its own business: what is not named here is not looked at. */
const Brought = z.object({
  code: z.string().max(4096).optional(),
  state: z.string().max(200).optional(),
  iss: z.string().max(500).optional(),
  error: z.string().max(200).optional(),
})

/** The same of what it adds to a form. */
const LogoutForm = z.object({ logout_token: z.string().min(1) })

export const ssoApi = {
  getSsoConfig: {
    route: 'GET /auth/sso/config',
    summary: 'Whether single sign-on is offered, under which name, and where it begins',
    access: 'anyone',
    input: z.strictObject({}),
    output: SsoConfig,
    aliases: ['/api/v1/sso/config'],
  },

  beginSso: {
    route: 'GET /auth/sso/login',
    summary: 'Send the browser to the provider to sign in',
    access: 'anyone',
    rate: 'sso',
    status: 302,
    input: z.strictObject({
      /** Where on the page to come back to. */
      return_to: LocalPath.default('/'),
    }),
    output: z.string(),
    failures: ['not_found', 'rate_limited'],
    aliases: ['/api/v1/sso/login'],
  },

  endSso: {
    route: 'GET /auth/sso/callback',
    summary: 'Take the browser back from the provider, and send it to the page with a handoff code',
    access: 'anyone',
    rate: 'sso',
    status: 302,
    input: Brought,
    output: z.string(),
    failures: ['not_found', 'rate_limited'],
    aliases: ['/api/v1/sso/callback'],
  },

  exchangeHandoff: {
    route: 'POST /auth/sso/handoff',
    summary: 'Trade the handoff code for tokens, once, in the browser that signed in',
    access: 'anyone',
    rate: 'sso',
    input: z.strictObject({ handoff_code: z.string() }),
    output: Tokens,
    failures: ['invalid_handoff', 'mfa_required', 'rate_limited'],
  },

  backchannelLogout: {
    route: 'POST /auth/sso/backchannel-logout',
    summary: 'Hear from the provider that somebody has signed out there, or was shut out',
    access: 'anyone',
    rate: 'sso_logout',
    form: true,
    input: LogoutForm,
    output: z.object({}),
    failures: ['not_found', 'rate_limited'],
  },
} as const satisfies Contract
