import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto'
import { distinguished, P256, sign, startOf, type Issued } from './certificate.ts'
import { revocationList, type List } from './crl.ts'
import { fingerprintOf } from './fingerprint.ts'
import { newKeyPair, publicKeyOf, type PublicKey } from './key-pair.ts'
import { profiles, type Names, type Profile } from './profiles.ts'
import { newSerial } from './serial.ts'
import * as x509 from './x509.ts'

export type { Issued } from './certificate.ts'
export type Root = { cert_pem: string; key_pem: string }
/** One root and its key. */
export type Signer = Awaited<ReturnType<typeof authority>>
/** Which of several roots signs: the one that everybody trusts by now, or the newest one. */
export type By = 'current' | 'newest'
/** What certificates come from. */
export type Authority = Pick<Signer, 'root_pem' | 'fingerprint' | 'roots'> & {
  /** The names are what somebody confirmed; of a request only the key is ever passed here. */
  issue: <Of extends Profile>(
    profile: Of,
    names: Names[Of],
    publicKey: PublicKey,
    by?: By,
  ) => Promise<Issued>
}

const DAY = 24 * 3_600_000
const ROOT_DAYS = 3650

/** A root that may sign certificates and revocation lists, and no other authority. */
export async function createRoot(now: Date): Promise<Root> {
  const { key_pem, publicKey } = newKeyPair()
  const start = startOf(now)
  const root = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    // Told apart by its end, where two roots meet in one list.
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

type Deps = Root & { now: () => Date; published_at?: string | null }

/** The one place that signs. It keeps nothing: whoever asks also records what was issued. */
export async function authority({ cert_pem, key_pem, now, published_at = null }: Deps) {
  const root = new x509.X509Certificate(cert_pem)
  if (fingerprintOf(publicKeyOf(key_pem).rawData) !== fingerprintOf(root.publicKey.rawData))
    throw new Error('The key of the certificate authority does not belong to its certificate.')
  const signing = { root, key: await signingKey(key_pem), published_at }
  const name = new Uint8Array(root.subjectName.toArrayBuffer())
  const lists = { name, key_id: keyIdOf(root), key: createPrivateKey(key_pem) }

  return {
    root_pem: cert_pem,
    fingerprint: fingerprintOf(root.rawData),
    /** Those that count, in PEM: the one that everybody trusts comes first. */
    roots: (): string[] => [cert_pem],
    /** What is hashed to say which root a certificate is of: its name in DER, and the bits of its key. */
    known_by: { name, key: new Uint8Array(root.publicKey.rawData).subarray(-P256_POINT) },

    issue<Of extends Profile>(profile: Of, names: Names[Of], publicKey: PublicKey) {
      const { use, days, ...say } = profiles[profile]
      const wanted = { use, days, subject: say.subject(names), names: say.names(names) }
      return sign(signing, wanted, publicKey, now())
    },

    /** A revocation list in DER. */
    signList: (list: List): Promise<Buffer> => revocationList(list, lists),
  }
}

/** So many bytes at the end of a public key are the key; those before say what kind it is. */
const P256_POINT = 65

const keyIdOf = (root: x509.X509Certificate) =>
  Buffer.from(root.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId ?? '', 'hex')

const selfNamed = (name: string) => ({ subject: distinguished(name), issuer: distinguished(name) })

const signingKey = (key_pem: string) =>
  webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key_pem), P256, false, ['sign'])
