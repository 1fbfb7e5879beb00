import { z } from 'zod'
import { boundedFetch } from './bounded-fetch.ts'

const TIMEOUT_MS = 10_000
const Keys = z.object({ keys: z.array(z.unknown()).max(1000) })

/** Asks a provider for something that it names itself. */
export const ask = (url: string) =>
  boundedFetch(url, {
    method: 'GET',
    headers: { accept: '*/*' },
    body: undefined,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })

/** The keys that a provider shows, whatever they are. */
export async function fetchKeys(jwks_uri: string): Promise<unknown[]> {
  const answer = await ask(jwks_uri)
  if (answer.status !== 200) throw new Error('It has no keys there.', { cause: answer })
  return Keys.parse(await answer.json()).keys
}
