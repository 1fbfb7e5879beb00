import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import { Provider, type Configuration } from 'oidc-provider'
import { fetch, type Dispatcher, type RequestInit } from 'undici'
import { signed } from './forging.test.kit.ts'

/** What an identity token says, and under which header. */
export type IdToken = { header: Record<string, unknown>; claims: Record<string, unknown> }
/** Answers another identity token in the place of the one that the provider made, with its key at hand. */
export type Forge = (token: IdToken, key: JWK) => Promise<string>

export const CLIENT_ID = 'linux-patch-manager'
export const CLIENT_SECRET = 'a secret of the client, and long enough'

export type IdentityProvider = Awaited<ReturnType<typeof identityProvider>>

type Options = {
  redirect_uris: string[]
  /** Where browsers go on to that have signed out there. */
  post_logout_redirect_uris?: string[]
  /** Where its identity tokens hold little, and the rest is asked for with the access token. */
  conform?: boolean
  /** Below which path of its host it is. */
  path?: string
  /** Where it tells of sessions that have ended, and by what it reaches that place. */
  backchannel?: { uri: string; dispatcher: Dispatcher }
}

/** For tests only: a real OpenID provider on the loopback. Whoever comes to it is signed in as `signs_in`. */
export async function identityProvider(options: Options) {
  const { path = '' } = options
  const people = new Map<string, Record<string, unknown>>()
  /** Which of its parts were asked for, in turn. */
  const asked: string[] = []
  const state = { signs_in: 'alice', refuses: false, forge: undefined as Forge | undefined }
  const server = createServer((request, response) => {
    const { url = '' } = request
    asked.push(url.split('?')[0] ?? '')
    if (path)
      Object.assign(request, { originalUrl: url, baseUrl: path, url: url.replace(path, '') })
    void current.callback(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const issuer = `${origin}${path}`

  /** A provider at this address with a key of its own; what it knows of grants lies in this process. */
  async function withNewKey() {
    const key = await newKey()
    const provider = new Provider(issuer, {
      ...configuration(options, key),
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({ ...people.get(id), sub: id }),
      }),
    })
    provider.use(async (context, next) => {
      if (context.path.startsWith('/interaction/')) return interact(provider, context)
      await next()
      if (context.path === '/token') await forgeIn(context, key)
    })
    return { provider, key, callback: provider.callback() }
  }

  async function interact(provider: Provider, { req, res }: Exchange) {
    const { params } = await provider.interactionDetails(req, res)
    const refused = { error: 'access_denied', error_description: '<b>Not you.</b>' }
    const { signs_in: accountId, refuses } = state
    const grant = new provider.Grant({ accountId, clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    const granted = { login: { accountId }, consent: { grantId: await grant.save() } }
    await provider.interactionFinished(req, res, refuses ? refused : granted, {
      mergeWithLastSubmission: false,
    })
  }

  async function forgeIn(context: { body: { id_token?: string } }, key: JWK) {
    const { body } = context
    if (!state.forge || body.id_token === undefined) return
    const token = {
      header: { ...decodeProtectedHeader(body.id_token) },
      claims: decodeJwt(body.id_token),
    }
    context.body = { ...body, id_token: await state.forge(token, key) }
  }

  let current = await withNewKey()
  async function stop() {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return {
    issuer,
    origin,
    /** What it says about whom, by subject. */
    people,
    /** Who signs in next, whether he is refused, and what is done to his identity token. */
    state,
    rotateKey: async () => void (current = await withNewKey()),
    asked,
    /** Anything that it might have signed. */
    sign: (token: IdToken) => signed(token, current.key),
    /** Tells the manager that all of somebody's sessions have ended, or one of them. Throws where that is not heard. */
    async shutOut(subject: string, sid?: string) {
      const client = await current.provider.Client.find(CLIENT_ID)
      await (client as unknown as Ending).backchannelLogout(subject, sid)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

type Exchange = { req: IncomingMessage; res: ServerResponse }
/** What its types leave out. */
type Ending = { backchannelLogout: (subject: string, sid?: string) => Promise<void> }

const configuration = (
  { redirect_uris, post_logout_redirect_uris = [], conform = false, backchannel }: Options,
  key: JWK,
): Configuration => ({
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris,
      post_logout_redirect_uris,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      ...(backchannel && {
        backchannel_logout_uri: backchannel.uri,
        backchannel_logout_session_required: true,
      }),
    },
  ],
  jwks: { keys: [key] },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource },
  },
  ...(backchannel && { fetch: reaching(backchannel) }),
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'preferred_username', 'groups', '_claim_names'],
  },
  scopes: ['openid', 'email', 'profile'],
  conformIdTokenClaims: conform,
  cookies: { keys: ['of the test'] },
  ttl: {
    AccessToken: 60,
    AuthorizationCode: 60,
    Grant: 600,
    IdToken: 600,
    Interaction: 600,
    Session: 600,
  },
  renderError(context, { error }) {
    context.body = error
  },
})

function logoutSource(context: { body: unknown }, form: string) {
  context.body = `<link rel="icon" href="data:,">${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign out</button>`
}

const reaching = ({ dispatcher }: { dispatcher: Dispatcher }) =>
  ((url: string, options: RequestInit) =>
    fetch(url, { ...options, dispatcher })) as unknown as NonNullable<Configuration['fetch']>

export async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: 'RS256', use: 'sig' }
}
