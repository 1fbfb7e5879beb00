import * as client from 'openid-client'
import { isSafePlace } from './bounded-fetch.ts'
import type { Provider } from './connect.ts'

/**
 * Where a browser goes to sign out at the provider as well, and then back. Undefined where it has no such place. The
 * provider asks whether that is meant, for it is told nothing that only the right browser has.
 */
export function signOutAddress(provider: Provider, back: string): string | undefined {
  const { end_session_endpoint: place } = provider.serverMetadata()
  // The page goes there: it must not be anything else than an address of the web.
  if (place === undefined || !isSafePlace(place)) return undefined
  return client.buildEndSessionUrl(provider, { post_logout_redirect_uri: back }).href
}
