import { X509Certificate } from 'node:crypto'
import { fingerprintOf } from './fingerprint.ts'
import type { PublicKey } from './key-pair.ts'
import { BACKDATE_MINUTES, type Use } from './profiles.ts'
import { newSerial } from './serial.ts'
import * as x509 from './x509.ts'

/** A certificate as it is recorded. */
export type Issued = {
  serial: string
  subject: string
  sans: string
  fingerprint: string
  spki_hash: string
  /** The fingerprint of the root that signed it. */
  root: string
  not_before: string
  not_after: string
  cert_pem: string
}
/** `published_at`: the address below which lists and status are found; certificates do not say where it is null. */
export type Signing = { root: x509.X509Certificate; key: CryptoKey; published_at: string | null }
export type Wanted = { use: Use[]; days: number; subject: string; names: x509.JsonGeneralNames }

/** Where anybody may ask, below the manager's address: for the status of one certificate, and for a root's list. */
export const OCSP_PATH = '/.well-known/pki/ocsp'
const listPath = (fingerprint: string) =>
  `/.well-known/pki/crl/${fingerprint.replace('sha256:', '')}.crl`

export const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const MOST_DAYS = 365
const OCSP_NO_CHECK = '1.3.6.1.5.5.7.48.1.5'
const NULL = Buffer.from([5, 0])

/** Signs one certificate that is no authority. */
export async function sign(
  signing: Signing,
  wanted: Wanted,
  publicKey: PublicKey,
  now: Date,
): Promise<Issued> {
  const { root, key } = signing
  const start = startOf(now)
  const end = Math.min(start + Math.min(wanted.days, MOST_DAYS) * DAY, root.notAfter.getTime())
  if (end <= now.getTime()) throw new Error('The root certificate of this manager has expired.')

  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    issuer: root.subjectName,
    subject: distinguished(wanted.subject),
    publicKey,
    signingKey: key,
    signingAlgorithm: P256,
    notBefore: new Date(start),
    notAfter: new Date(end),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(wanted.use.map((use) => x509.ExtendedKeyUsage[use])),
      ...(wanted.names.length > 0 ? [new x509.SubjectAlternativeNameExtension(wanted.names)] : []),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(root),
      ...statusOf(wanted.use, signing),
    ],
  })
  return toIssued(certificate, root)
}

/** Where to learn whether the certificate was revoked; whoever answers that does so for itself by ending soon. */
function statusOf(use: Use[], { root, published_at }: Signing): x509.Extension[] {
  if (use.includes('ocspSigning')) return [new x509.Extension(OCSP_NO_CHECK, false, NULL)]
  if (published_at === null) return []
  const list = published_at + listPath(fingerprintOf(root.rawData))
  return [
    new x509.CRLDistributionPointsExtension([list]),
    new x509.AuthorityInfoAccessExtension({ ocsp: published_at + OCSP_PATH }),
  ]
}

function toIssued(certificate: x509.X509Certificate, root: x509.X509Certificate): Issued {
  const cert_pem = certificate.toString('pem')
  return {
    serial: certificate.serialNumber,
    subject: certificate.subject,
    sans: new X509Certificate(cert_pem).subjectAltName ?? '',
    fingerprint: fingerprintOf(certificate.rawData),
    spki_hash: fingerprintOf(certificate.publicKey.rawData),
    root: fingerprintOf(root.rawData),
    not_before: certificate.notBefore.toISOString(),
    not_after: certificate.notAfter.toISOString(),
    cert_pem,
  }
}

/** Certificates know no parts of a second. */
export const startOf = (now: Date) =>
  Math.floor(now.getTime() / 1000) * 1000 - BACKDATE_MINUTES * MINUTE

export const distinguished = (name: string) => [{ O: ['Linux Patch Manager'] }, { CN: [name] }]
