import * as client from 'openid-client'
import { boundedFetch } from './bounded-fetch.ts'
import { SsoProblem } from './problem.ts'

export type Provider = client.Configuration
export type ProviderSettings = { issuer: string; client_id: string; client_secret: string | null }

/** With a key of the provider's own: `none` and what a shared secret signs would be anybody's word. */
const ALGORITHMS = /^(RS|PS|ES)(256|384|512)$|^(EdDSA|Ed25519)$/
const TIMEOUT_SECONDS = 10

/** Asks the provider where its parts are and which keys it signs with. Throws `provider_unavailable`. */
export async function connect({ issuer, client_id, client_secret }: ProviderSettings) {
  const place = new URL(issuer)
  const execute = place.protocol === 'http:' ? [client.allowInsecureRequests] : []
  try {
    const found = await client.discovery(place, client_id, undefined, undefined, {
      execute,
      timeout: TIMEOUT_SECONDS,
      [client.customFetch]: boundedFetch,
    })
    return configured(found.serverMetadata(), { issuer, client_id, client_secret }, execute)
  } catch (cause) {
    throw new SsoProblem('provider_unavailable', { cause })
  }
}

type Extension = (provider: Provider) => void

function configured(
  { supportsPKCE: _ours, ...metadata }: ReturnType<Provider['serverMetadata']>,
  { issuer, client_id, client_secret }: ProviderSettings,
  extensions: Extension[],
): Provider {
  // One that speaks for many tenants, as Entra's "common" does, would let in people of all of them.
  if (metadata.issuer.replace(/\/$/, '') !== issuer.replace(/\/$/, ''))
    throw new Error(`The provider calls itself ${metadata.issuer}.`)
  const offered = metadata.id_token_signing_alg_values_supported ?? ['RS256']
  const algorithms = offered.filter((name) => ALGORITHMS.test(name))
  if (algorithms.length === 0)
    throw new Error(`The provider signs in no way that is accepted: ${offered.join(', ')}.`)

  const provider = new client.Configuration(
    { ...metadata, id_token_signing_alg_values_supported: algorithms },
    client_id,
    undefined,
    proofFor(client_secret, metadata.token_endpoint_auth_methods_supported),
  )
  provider.timeout = TIMEOUT_SECONDS
  provider[client.customFetch] = boundedFetch
  // Signatures are checked although the token comes straight from the provider.
  for (const extend of [...extensions, client.enableNonRepudiationChecks]) extend(provider)
  return provider
}

/** How this client shows who it is, in the way that every provider must know unless it says otherwise. */
function proofFor(secret: string | null, methods: string[] = ['client_secret_basic']) {
  if (secret === null) return client.None()
  return methods.includes('client_secret_basic')
    ? client.ClientSecretBasic(secret)
    : client.ClientSecretPost(secret)
}
