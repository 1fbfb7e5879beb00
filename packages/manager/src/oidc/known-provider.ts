import { connect, type Provider, type ProviderSettings } from './connect.ts'
import { fetchKeys } from './keys.ts'
import { SsoProblem } from './problem.ts'

/** For so long what a provider has said is believed, or that it did not answer. */
const KNOWN_MS = 10_000

export type Known = { provider: Provider; keys: unknown[] }
type Asked = Pick<ProviderSettings, 'issuer' | 'client_id'>
export type KnownProvider = ReturnType<typeof knownProvider>

/** A provider and its keys, asked for at most every ten seconds however often somebody makes us look at them. */
export function knownProvider(now: () => Date) {
  let last: { of: string; at: number; found: Promise<Known> } | undefined

  return ({ issuer, client_id }: Asked): Promise<Known> => {
    const of = `${issuer} ${client_id}`
    const at = now().getTime()
    if (last?.of !== of || at - last.at >= KNOWN_MS)
      last = { of, at, found: find({ issuer, client_id, client_secret: null }) }
    return last.found
  }
}

async function find(settings: ProviderSettings): Promise<Known> {
  const provider = await connect(settings)
  try {
    return { provider, keys: await fetchKeys(provider.serverMetadata().jwks_uri ?? '') }
  } catch (cause) {
    throw new SsoProblem('provider_unavailable', { cause })
  }
}
