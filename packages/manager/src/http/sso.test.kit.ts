import type { SentSettings } from '@linux-patch/shared/settings'
import type { Tokens } from '@linux-patch/shared/user'
import { Agent } from 'undici'
import { browser } from '../oidc/browser.test.kit.ts'
import { CLIENT_ID, CLIENT_SECRET, identityProvider } from '../oidc/provider.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'

export const CANONICAL = '/api/v1/auth/sso'
export const ALIAS = '/api/v1/sso'
export type SsoWorld = Awaited<ReturnType<typeof ssoWorld>>
export type Visitor = ReturnType<SsoWorld['visitor']>

/** For tests only: a manager and an OpenID provider that knows alice, and browsers that go between them. */
export async function ssoWorld(oidc: SentSettings['oidc'] = {}) {
  const world = await manager({ settings: { sso: { http_on_loopback: true } } })
  const origin = `https://127.0.0.1:${world.port}`
  const agent = new Agent({ connect: { ca: world.authority.root_pem } })
  const idp = await identityProvider({
    post_logout_redirect_uris: [`${origin}/`],
    backchannel: { uri: `${origin}${CANONICAL}/backchannel-logout`, dispatcher: agent },
    redirect_uris: [CANONICAL, ALIAS].map((path) => `${origin}${path}/callback`),
  })
  idp.people.set('alice', {
    email: 'alice@example.org',
    email_verified: true,
    name: 'Alice',
    preferred_username: 'alice',
    groups: [],
  })
  const set = async (oidc: SentSettings['oidc']) => {
    await world.as(await world.signIn()).changeSettings({ oidc })
  }
  await set({
    enabled: true,
    issuer: idp.issuer,
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uri: `${origin}${CANONICAL}/callback`,
    create_users: true,
    default_role: 'viewer',
    ...oidc,
  })

  /** Somebody at a browser of his own. */
  function visitor() {
    const own = browser(agent)
    const isBack = ({ pathname }: URL) => pathname.endsWith('/sso/callback')

    /** Goes to the provider, and answers with which address it sends him back. */
    const goAndCome = async (path = `${CANONICAL}/login`) =>
      (await own.follow(`${origin}${path}`, isBack)).href
    /** Comes back, and answers what the page is opened with. */
    async function land(back: string) {
      const { status, location, body } = await own.visit(back)
      if (status !== 302 || location === null) throw new Error(`${status}: ${body}`)
      const { pathname, searchParams } = new URL(location)
      return { path: pathname, query: Object.fromEntries(searchParams) }
    }
    const exchange = (handoff_code: unknown) =>
      own.visit(`${origin}${CANONICAL}/handoff`, { json: { handoff_code } })

    return {
      ...own,
      goAndCome,
      land,
      exchange,
      /** All of it; answers the tokens, or why there are none. */
      async signIn(path?: string): Promise<{ tokens?: Tokens; error?: string }> {
        const { handoff, sso_error } = (await land(await goAndCome(path))).query
        if (handoff === undefined) return { error: String(sso_error) }
        return { tokens: JSON.parse((await exchange(handoff)).body) as Tokens }
      },
    }
  }

  return {
    ...world,
    origin,
    idp,
    /** Changes the settings of single sign-on. */
    set,
    visitor,
    /** The last entries of the audit with this action, newest first. */
    async recorded(action: string) {
      const entries = await world.stores.audit.list({ limit: 1000, offset: 0 })
      return entries.filter((entry) => entry.action === action).toReversed()
    },
    async [Symbol.asyncDispose]() {
      await agent.close()
      await idp.stop()
      await world[Symbol.asyncDispose]()
    },
  }
}
