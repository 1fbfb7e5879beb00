import type { SsoTest } from '@linux-patch/shared/settings/sso-tests'
import { settingsDefaults } from '@linux-patch/shared/settings'
import { CLIENT_ID, CLIENT_SECRET, identityProvider } from '../../oidc/provider.test.kit.ts'
import { manager } from '../../start/manager.test.kit.ts'

export const redirect_uri = 'https://manager.example.org/api/v1/auth/sso/callback'
export const tenant_id = '8f3c1f0e-6a52-4b0f-9e0d-0c8a4f5d2b11'

export type SsoTests = Awaited<ReturnType<typeof ssoTests>>

/** For tests only: a manager whose administrator tries settings out, a provider, and one that is Microsoft's. */
export async function ssoTests() {
  const idp = await identityProvider({ redirect_uris: [redirect_uri] })
  const path = `/${tenant_id}/v2.0`
  const microsoft = await identityProvider({ redirect_uris: [redirect_uri], path })
  const sso = { http_on_loopback: true, microsoft_url: microsoft.origin }
  const world = await manager({ settings: { sso } })
  const admin = world.as(await world.signIn())

  return {
    ...world,
    admin,
    idp,
    /** Settings by which people could sign in. */
    candidate: (more: object = {}) => ({
      issuer: idp.issuer,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uri,
      ...more,
    }),
    /** Nothing is set any more. */
    async forget() {
      await admin.changeSettings({ oidc: { ...settingsDefaults.oidc, client_secret: null } })
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      await idp.stop()
      await microsoft.stop()
    },
  }
}

export const results = ({ checks }: SsoTest) =>
  Object.fromEntries(checks.map(({ name, result }) => [name, result]))
export const messageOf = ({ checks }: SsoTest, name: string) =>
  checks.find((check) => check.name === name)?.message ?? ''
export const allWell = {
  discovery: 'ok',
  endpoints: 'ok',
  keys: 'ok',
  pkce: 'ok',
  scopes: 'ok',
  client: 'ok',
  redirect: 'ok',
}
