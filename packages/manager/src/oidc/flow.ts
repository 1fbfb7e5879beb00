import * as client from 'openid-client'
import { readIdentity, type Identity } from './claims.ts'
import type { Provider } from './connect.ts'
import { SsoProblem } from './problem.ts'

/** What one sign-in is recognised by: by us in the answer, in the token, and by the provider when the code is traded. */
export type Marks = { state: string; nonce: string; code_verifier: string }

type Asked = { provider: Provider; redirect_uri: string; marks: Marks }

/** Where the browser goes to sign in. Whoever proved there longer ago who he is does so again. */
export async function addressOf(
  { provider, redirect_uri, marks }: Asked,
  { scopes, max_age_seconds }: { scopes: readonly string[]; max_age_seconds: number },
): Promise<string> {
  const { state, nonce, code_verifier } = marks
  const address = client.buildAuthorizationUrl(provider, {
    redirect_uri,
    scope: scopes.join(' '),
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(code_verifier),
    code_challenge_method: 'S256',
    max_age: String(max_age_seconds),
  })
  return address.href
}

/** Who came back, by what the browser brought along. Throws an SsoProblem. */
export async function identityFrom(
  { provider, redirect_uri, marks }: Asked,
  brought: Record<string, string | undefined>,
  groups_claim: string,
): Promise<Identity> {
  try {
    const answer = new URL(redirect_uri)
    for (const [name, value] of Object.entries(brought))
      if (value !== undefined) answer.searchParams.set(name, value)
    const tokens = await client.authorizationCodeGrant(provider, answer, {
      expectedState: marks.state,
      expectedNonce: marks.nonce,
      pkceCodeVerifier: marks.code_verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims) throw new Error('The provider sent no identity token.')
    const isComplete = 'email' in claims && groups_claim in claims
    if (isComplete || !provider.serverMetadata().userinfo_endpoint)
      return readIdentity(claims, groups_claim)
    const more = await client.fetchUserInfo(provider, tokens.access_token, claims.sub)
    return readIdentity({ ...more, ...claims }, groups_claim)
  } catch (cause) {
    throw cause instanceof SsoProblem ? cause : new SsoProblem(codeOf(cause), { cause })
  }
}

function codeOf(error: unknown) {
  if (error instanceof client.AuthorizationResponseError) return 'refused_by_provider'
  const isSilent = error instanceof client.ClientError && error.code === 'OAUTH_TIMEOUT'
  // What `fetch` throws where nobody answers has no code.
  if (isSilent || (error instanceof TypeError && !('code' in error))) return 'provider_unavailable'
  return 'answer_refused'
}
