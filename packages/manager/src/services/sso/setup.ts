import { basePath } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { Oidc } from '@linux-patch/shared/settings'

export type SsoSetup = Oidc & { issuer: string; client_id: string; redirect_uri: string }

/** The settings as a sign-in needs them; `url` is the manager's own address. Throws `not_found` where it is off. */
export function setUp(settings: Oidc, url: string): SsoSetup {
  const { enabled, issuer, client_id } = settings
  if (!enabled || issuer === null || client_id === null)
    throw new Failure('not_found', 'Single sign-on is not set up here.')
  const redirect_uri = settings.redirect_uri ?? `${url}${basePath}/auth/sso/callback`
  return { ...settings, issuer, client_id, redirect_uri }
}
