import { NotFollowed } from './bounded-fetch.ts'

const sentences: Record<string, string> = {
  OAUTH_TIMEOUT: 'It did not answer in time.',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'It names an address that is not https.',
  OAUTH_RESPONSE_IS_NOT_JSON: 'What it answers there is not JSON.',
  OAUTH_PARSE_ERROR: 'What it answers there is not JSON.',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'It calls itself another issuer.',
  OAUTH_INVALID_RESPONSE: 'What it answers there is not what it has to be.',
  OAUTH_UNSUPPORTED_OPERATION: 'It lacks something that is needed.',
}

/** What is the matter with a provider, for a person. Nothing is repeated of what the provider sent. */
export function sentenceOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof NotFollowed) return at.message
    const code = 'code' in at ? String(at.code) : ''
    if (Object.hasOwn(sentences, code)) return sentences[code] ?? ''
    if (at.cause instanceof Response) return `It answers there with status ${at.cause.status}.`
    // What the system or TLS says, such as ECONNREFUSED or DEPTH_ZERO_SELF_SIGNED_CERT.
    if (/^[A-Z][A-Z0-9_]{2,60}$/.test(code) && !code.startsWith('OAUTH_'))
      return `It cannot be reached: ${code}.`
  }
  return 'It does not answer as an OpenID provider.'
}
