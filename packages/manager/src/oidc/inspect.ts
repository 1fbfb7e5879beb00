import type { Discovered } from '@linux-patch/shared/settings/sso-tests'
import * as client from 'openid-client'
import { z } from 'zod'
import type { Provider } from './connect.ts'
import { ask, fetchKeys } from './keys.ts'

const MOST = 200
const word = z.string().max(500)
const Words = z
  .array(word)
  .transform((words) => words.slice(0, MOST))
  .catch([])
const Place = word.nullable().catch(null).default(null)

const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: Place,
  token_endpoint: Place,
  userinfo_endpoint: Place,
  end_session_endpoint: Place,
  jwks_uri: Place,
  id_token_signing_alg_values_supported: Words,
  token_endpoint_auth_methods_supported: Words,
  scopes_supported: Words,
  claims_supported: Words,
  code_challenge_methods_supported: Words,
})

/** What a provider says of itself, freed of what is none of it. */
export function describe(provider: Provider): Discovered {
  const said = Metadata.parse(provider.serverMetadata())
  return {
    issuer: said.issuer,
    authorization_endpoint: said.authorization_endpoint,
    token_endpoint: said.token_endpoint,
    userinfo_endpoint: said.userinfo_endpoint,
    end_session_endpoint: said.end_session_endpoint,
    jwks_uri: said.jwks_uri,
    signing_algorithms: said.id_token_signing_alg_values_supported,
    client_authentication: said.token_endpoint_auth_methods_supported,
    scopes: said.scopes_supported,
    claims: said.claims_supported,
    pkce: said.code_challenge_methods_supported.includes('S256'),
  }
}

const Key = z.looseObject({
  kty: z.string(),
  use: z.string().optional(),
  alg: z.string().optional(),
})

/** How many of a provider's keys sign by one of these algorithms. */
export async function countKeys(jwks_uri: string, algorithms: string[]): Promise<number> {
  const keys = await fetchKeys(jwks_uri)
  const kinds = new Set(algorithms.map(kindFor))
  return keys.filter((key) => {
    const { success, data } = Key.safeParse(key)
    if (!success || (data.use ?? 'sig') !== 'sig' || !kinds.has(data.kty)) return false
    return data.alg === undefined || algorithms.includes(data.alg)
  }).length
}

function kindFor(algorithm: string): string {
  if (/^[RP]S/.test(algorithm)) return 'RSA'
  return algorithm.startsWith('ES') ? 'EC' : 'OKP'
}

/** What came of something that only somebody who signs in could do: the provider's code for it, or null. */
type Refusal = string | null

/** Trades a code that nobody gave. Whose secret is right is told that it is the code that is wrong. */
export async function refusalOfCode(provider: Provider, redirect_uri: string): Promise<Refusal> {
  const code_verifier = client.randomPKCECodeVerifier()
  const code = client.randomState()
  const asked = { code, redirect_uri, code_verifier }
  try {
    await client.genericGrantRequest(provider, 'authorization_code', asked)
    return null
  } catch (error) {
    if (error instanceof client.WWWAuthenticateChallengeError) return 'invalid_client'
    if (error instanceof client.ResponseBodyError) return codeIn(error.error)
    throw error
  }
}

type Asked = { redirect_uri: string; scopes: string[] }

/**
 * Asks for a sign-in without anybody there. A provider sends that back to an address that it knows, and nowhere else:
 * `status` is what it answers where it does not.
 */
export async function askSilently(
  provider: Provider,
  { redirect_uri, scopes }: Asked,
): Promise<{ came_back: boolean; refusal: Refusal; status: number }> {
  const verifier = client.randomPKCECodeVerifier()
  const address = client.buildAuthorizationUrl(provider, {
    redirect_uri,
    scope: scopes.join(' '),
    prompt: 'none',
    state: client.randomState(),
    nonce: client.randomNonce(),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const { status, headers } = await ask(address.href)
  const location = URL.parse(headers.get('location') ?? '', address)
  if (!location?.href.startsWith(redirect_uri)) return { came_back: false, refusal: null, status }
  return { came_back: true, refusal: codeIn(location.searchParams.get('error')), status }
}

/** The codes are words of a standard; whatever else a provider puts there is not repeated. */
const codeIn = (said: string | null): string =>
  said !== null && /^[a-z_]{1,60}$/.test(said) ? said : 'an error that has no name'
