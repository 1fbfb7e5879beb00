import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { revocationList, type List } from './crl.ts'
import { fingerprintOf } from './fingerprint.ts'
import { newKeyPair, publicKeyOf, type PublicKey } from './key-pair.ts'
import { BACKDATE_MINUTES, profiles, type Names, type Profile, type Use } from './profiles.ts'
import * as x509 from './x509.ts'

export type Authority = Awaited<ReturnType<typeof authority>>
export type Root = { cert_pem: string; key_pem: string }
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
type Signer = { root: x509.X509Certificate; key: CryptoKey }

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const ROOT_DAYS = 3650
const MOST_DAYS = 365
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A root that may sign certificates and revocation lists, and no other authority. */
export async function createRoot(now: Date): Promise<Root> {
  const { key_pem, publicKey } = newKeyPair()
  const start = startOf(now)
  const root = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    // Told apart by its end, where two managers' roots meet in one list.
    ...selfNamed(`Linux Patch Manager Root ${randomBytes(4).toString('hex')}`),
    publicKey,
    signingKey: await signingKey(key_pem),
    signingAlgorithm: P256,
    notBefore: new Date(start),
    notAfter: new Date(start + ROOT_DAYS * DAY),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  })
  return { cert_pem: root.toString('pem'), key_pem }
}

/** The one place that signs. It keeps nothing: whoever asks also records what was issued. */
export async function authority({ cert_pem, key_pem, now }: Root & { now: () => Date }) {
  const root = new x509.X509Certificate(cert_pem)
  if (fingerprintOf(publicKeyOf(key_pem).rawData) !== fingerprintOf(root.publicKey.rawData))
    throw new Error('The key of the certificate authority does not belong to its certificate.')
  const signer = { root, key: await signingKey(key_pem) }

  const listSigner = {
    name: new Uint8Array(root.subjectName.toArrayBuffer()),
    key_id: keyIdOf(root),
    key: createPrivateKey(key_pem),
  }

  return {
    root_pem: cert_pem,
    fingerprint: fingerprintOf(root.rawData),
    /** Those that count, in PEM: the one that signs comes first. */
    roots: (): string[] => [cert_pem],
    /** A revocation list in DER. */
    signList: (list: List): Promise<Buffer> => revocationList(list, listSigner),

    /** The names are what somebody confirmed; of a request only the key is ever passed here. */
    issue: <Of extends Profile>(profile: Of, names: Names[Of], publicKey: PublicKey) => {
      const { use, days, ...say } = profiles[profile]
      const wanted = { use, days, subject: say.subject(names), names: say.names(names) }
      return sign(signer, wanted, publicKey, now())
    },
  }
}

type Wanted = { use: Use[]; days: number; subject: string; names: x509.JsonGeneralNames }

async function sign({ root, key }: Signer, wanted: Wanted, publicKey: PublicKey, now: Date) {
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
      new x509.SubjectAlternativeNameExtension(wanted.names),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(root),
    ],
  })
  return toIssued(certificate, root)
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

const keyIdOf = (root: x509.X509Certificate) =>
  Buffer.from(root.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId ?? '', 'hex')

/** Certificates know no parts of a second. */
const startOf = (now: Date) => Math.floor(now.getTime() / 1000) * 1000 - BACKDATE_MINUTES * MINUTE

const distinguished = (name: string) => [{ O: ['Linux Patch Manager'] }, { CN: [name] }]
const selfNamed = (name: string) => ({ subject: distinguished(name), issuer: distinguished(name) })

/** 20 random bytes; the first bits make it positive and no shorter. */
function newSerial(): string {
  const bytes = randomBytes(20)
  bytes[0] = (bytes.readUInt8(0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

const signingKey = (key_pem: string) =>
  webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key_pem), P256, false, ['sign'])
