import { randomUUID } from 'node:crypto'
import { CLIENT_ID, type IdToken } from '../oidc/provider.test.kit.ts'
import { CANONICAL, type SsoWorld } from './sso.test.kit.ts'

export const BACKCHANNEL = `${CANONICAL}/backchannel-logout`
export const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const sent = { 'content-type': 'application/x-www-form-urlencoded' }

/** For tests only: Alice, signed in by the provider. */
export async function signedIn(world: SsoWorld) {
  const { tokens } = await world.visitor().signIn()
  if (!tokens) throw new Error('Alice was not let in.')
  const { access_token, refresh_token, user } = tokens
  const api = world.as(access_token)
  const session = (await world.stores.sessions.listLive(user.id, world.now().toISOString()))[0]
  const refreshed = () => world.as().refresh({ refresh_token })
  return {
    user,
    api,
    refreshed,
    /** Her session at the provider. */
    sid: session?.sso_sid?.split(' ')[1] ?? '',
    /** Whether her session goes on, by the one that she was told. */
    lives: async () => (await world.stores.sessions.find(session?.id ?? ''))?.revoked_at === null,
  }
}

/** For tests only: what the provider would say of Alice, but for this. */
export const saying = (
  { idp }: Pick<SsoWorld, 'idp'>,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): IdToken => ({
  header: { alg: 'RS256', typ: 'logout+jwt', ...header },
  claims: {
    iss: idp.issuer,
    aud: CLIENT_ID,
    iat: Math.floor(Date.now() / 1000),
    jti: randomUUID(),
    sub: 'alice',
    events: { [EVENT]: {} },
    ...claims,
  },
})

type Brought = { from?: string; headers?: Record<string, string>; more?: string }

/** For tests only: brings a logout token, as anybody can. */
export const tell = (
  { ask }: Pick<SsoWorld, 'ask'>,
  logout_token: string,
  { from = '127.0.0.1', headers, more }: Brought = {},
) =>
  ask('POST', BACKCHANNEL, {
    from,
    headers: { ...sent, ...headers },
    body: new URLSearchParams({ logout_token, ...(more !== undefined && { more }) }).toString(),
  })
