import type { X509Certificate } from 'node:crypto'

/** Who is at the other end of a connection, from its certificate and nothing else. */
export type Caller = {
  /** `urn:lpm:manager:<uuid>` or `urn:lpm:operator:<name>`. */
  identity: string
  /** SHA-256 of the certificate, in hexadecimal digits. */
  fingerprint: string
  not_after: Date
  certificate: X509Certificate
}
export type Refusal = { code: 'AUTH_INVALID_CERT' | 'AUTH_CERT_EXPIRED'; reason: string }

export type Presented = {
  certificate: X509Certificate | undefined
  /** What OpenSSL found wrong with the chain or the purpose; null where nothing. */
  chainError: string | null
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const DAY_MS = 24 * 3600_000
const LONGEST_LIFE_DAYS = 366
const CALLERS = /^urn:lpm:(manager:[0-9a-f-]{36}|operator:[\w.@-]{1,100})$/

/** Why a certificate with this serial number counts no longer; null where it does. */
export type ReasonAgainst = (serialNumber: string) => string | null

/** Only a manager or an operator may call: what opens one host never opens another. */
export function judgePeer(
  { certificate, chainError }: Presented,
  now: Date,
  reasonAgainst: ReasonAgainst,
): Caller | Refusal {
  if (!certificate) return invalid('no certificate')
  if (chainError === 'CERT_HAS_EXPIRED' || certificate.validToDate <= now)
    return expired(certificate)
  if (chainError) return invalid(chainError)
  const reason = reasonAgainst(certificate.serialNumber)
  if (reason) return invalid(reason)
  if (certificate.ca) return invalid('an authority is not a caller')
  if (!certificate.keyUsage?.includes(CLIENT_AUTH)) return invalid('not made for clients')

  const life = certificate.validToDate.getTime() - certificate.validFromDate.getTime()
  if (life > LONGEST_LIFE_DAYS * DAY_MS) return invalid('valid for more than a year')

  const identities = uris(certificate).filter((uri) => uri.startsWith('urn:lpm:'))
  const [identity] = identities
  if (!identity || identities.length > 1) return invalid('does not name one identity')
  if (!CALLERS.test(identity)) return invalid(`${identity} may not call`)
  return {
    identity,
    fingerprint: fingerprint(certificate),
    not_after: certificate.validToDate,
    certificate,
  }
}

export const isRefusal = (verdict: Caller | Refusal): verdict is Refusal => 'code' in verdict

const invalid = (reason: string): Refusal => ({ code: 'AUTH_INVALID_CERT', reason })
const expired = ({ validTo }: X509Certificate): Refusal => ({
  code: 'AUTH_CERT_EXPIRED',
  reason: `expired at ${validTo}`,
})

export const fingerprint = (certificate: X509Certificate) =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase()

/**
 * The URIs that a certificate names, from a line such as
 *
 *     DNS:web-01, URI:urn:lpm:host:0198…, DNS:"a, URI:urn:lpm:manager:0198…"
 *
 * in which a value with a comma of its own stands in quotes, and must not be read as another name.
 */
export function uris({ subjectAltName = '' }: Pick<X509Certificate, 'subjectAltName'>): string[] {
  const names = subjectAltName.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? []
  return names
    .map((name) => name.trim())
    .flatMap((name) => (name.startsWith('URI:') ? [name.slice(4)] : []))
}
