import type { Oidc } from '@linux-patch/shared/settings'
import type { Discovered, SsoCheck } from '@linux-patch/shared/settings/sso-tests'
import type { Provider } from '../../oidc/connect.ts'
import { askSilently, countKeys, refusalOfCode } from '../../oidc/inspect.ts'
import { sentenceOf } from '../../oidc/sentence.ts'

type Checked = {
  provider: Provider
  said: Discovered
  oidc: Pick<Oidc, 'scopes' | 'client_secret'>
  redirect_uri: string
}
type Verdict = Pick<SsoCheck, 'result' | 'message'>

const verdict = (result: SsoCheck['result'], message: string): Verdict => ({ result, message })

/** What is told to a provider is told over TLS, unless it is all on this machine. */
export function checkEndpoints({ said }: Pick<Checked, 'said'>): SsoCheck {
  const { issuer, authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = said
  const needed = { authorization_endpoint, token_endpoint, jwks_uri }
  const missing = Object.entries(needed).find(([, url]) => url === null)
  const scheme = new URL(issuer).protocol
  const open = Object.entries({ ...needed, userinfo_endpoint }).find(
    ([, url]) => url !== null && ![scheme, 'https:'].includes(URL.parse(url)?.protocol ?? ''),
  )
  const name = 'endpoints' as const
  if (missing) return { name, ...verdict('failed', `The provider names no ${missing[0]}.`) }
  if (open) return { name, ...verdict('failed', `The ${open[0]} is not an https address.`) }
  return { name, ...verdict('ok', 'The provider names all that is needed, at https addresses.') }
}

/** All that can be found out without anybody signing in. Each is asked for by itself. */
export const checkProvider = (checked: Checked): Promise<SsoCheck[]> =>
  Promise.all(
    Object.entries(checks).map(async ([name, check]) => ({
      name: name as SsoCheck['name'],
      ...(await judged(check, checked)),
    })),
  )

async function judged(check: Check, checked: Checked): Promise<Verdict> {
  try {
    return await check(checked)
  } catch (error) {
    return verdict('failed', sentenceOf(error))
  }
}

type Check = (checked: Checked) => Verdict | Promise<Verdict>
const checks: Record<string, Check> = {
  async keys({ said: { jwks_uri, signing_algorithms } }) {
    const count = await countKeys(jwks_uri ?? '', signing_algorithms)
    const ways = signing_algorithms.join(', ')
    return count > 0
      ? verdict('ok', `The provider has ${count} of the keys that sign by ${ways}.`)
      : verdict('failed', `The provider has no key that signs by ${ways}.`)
  },

  pkce: ({ said }) =>
    said.pkce
      ? verdict('ok', 'The provider takes PKCE.')
      : verdict(
          'unknown',
          'The provider does not say whether it takes PKCE, which is always sent.',
        ),

  scopes({ said, oidc }) {
    if (said.scopes.length === 0)
      return verdict('unknown', 'The provider does not say which scopes it knows.')
    const strange = oidc.scopes.filter((scope) => !said.scopes.includes(scope))
    return strange.length === 0
      ? verdict('ok', 'The provider knows the scopes that are asked for.')
      : verdict('unknown', `The provider does not name these scopes: ${strange.join(', ')}.`)
  },

  async client({ provider, oidc, redirect_uri }) {
    const refusal = await refusalOfCode(provider, redirect_uri)
    const how = oidc.client_secret === null ? 'the client_id' : 'the client_id and its secret'
    if (refusal === 'invalid_grant') return verdict('ok', `The provider takes ${how}.`)
    if (refusal === 'invalid_client' || refusal === 'unauthorized_client')
      return verdict('failed', `The provider refuses ${how}: ${refusal}.`)
    return verdict('unknown', `Whether the provider takes ${how} it does not say: ${refusal}.`)
  },

  async redirect({ provider, oidc, redirect_uri }) {
    const { came_back, refusal, status } = await askSilently(provider, {
      redirect_uri,
      scopes: oidc.scopes,
    })
    if (came_back && nobodyThere.includes(refusal ?? ''))
      return verdict('ok', `The provider sends people back to ${redirect_uri}.`)
    if (came_back) return verdict('failed', `The provider refuses what is asked for: ${refusal}.`)
    return status >= 400
      ? verdict('failed', `The provider refuses to send people back to ${redirect_uri}.`)
      : verdict('unknown', `Register ${redirect_uri} with the provider, if it is not yet.`)
  },
}

/** What a provider says where all is well and nobody is there to sign in. */
const nobodyThere = [
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]
