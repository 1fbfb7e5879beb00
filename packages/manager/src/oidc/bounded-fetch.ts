import { SafeUrl } from '@linux-patch/shared/settings/oidc'
import type { CustomFetch } from 'openid-client'

const LENGTH = 1024 * 1024

/** What a provider does that is not gone along with. Its message repeats nothing of what was sent. */
export class NotFollowed extends Error {
  override readonly name = 'NotFollowed'
}

/**
 * Asks a provider: over TLS, or on this machine; of redirects none is followed, and of an answer no more is read than a
 * provider needs to say.
 */
export const boundedFetch: CustomFetch = async (url, options) => {
  if (!isSafePlace(url)) throw new NotFollowed('It names an address that is not https.')
  const { body, ...how } = options
  const answer = await fetch(url, { ...how, body: body ?? null, redirect: 'manual' })
  const text = await textOf(answer)
  const { status, headers } = answer
  return new Response(text.length === 0 ? null : new Uint8Array(text), { status, headers })
}

/** An endpoint may have a query, an issuer none. */
export const isSafePlace = (url: string) => SafeUrl.safeParse(url.split('?')[0]).success

async function textOf({ body }: Response): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    length += part.length
    if (length > LENGTH) throw new NotFollowed('It answers more than 1 MiB.')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
