import { BmpString, OctetString } from 'asn1js'
import * as pkijs from 'pkijs'
import { fingerprintOf } from './fingerprint.ts'
import { PemConverter } from './x509.ts'

/** In PEM; `chain`: whoever signed it, up to the root. `name` is what importers show. */
type Keyed = { name: string; key_pem: string; cert_pem: string; chain: string[] }

const ROUNDS = 100_000
const SHROUDED_KEY = '1.2.840.113549.1.12.10.1.2'
const CERTIFICATE = '1.2.840.113549.1.12.10.1.3'
const FRIENDLY_NAME = '1.2.840.113549.1.9.20'
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'
const PLAIN = 0
const SEALED = 1

/**
 * A key and its certificates as one PKCS #12 file that a passphrase opens: AES-256 (PBES2) over each, and
 * HMAC-SHA256 over the whole, as openssl 3 makes them.
 */
export async function packPkcs12(keyed: Keyed, passphrase: string): Promise<Buffer> {
  const password = toArrayBuffer(Buffer.from(passphrase, 'utf8'))
  const sealing = {
    password,
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 },
    hmacHashAlgorithm: 'SHA-256',
    iterationCount: ROUNDS,
    contentType: pkijs.ContentInfo.DATA,
  }
  const parsedValue = pkijs.PrivateKeyInfo.fromBER(derOf(keyed.key_pem))
  const key = new pkijs.PKCS8ShroudedKeyBag({ parsedValue })
  await key.makeInternalValues(sealing)

  const safes = [
    { privacyMode: PLAIN, value: holding([bag(SHROUDED_KEY, key, pairing(keyed))]) },
    { privacyMode: SEALED, value: holding(certificatesOf(keyed)) },
  ]
  const authenticatedSafe = new pkijs.AuthenticatedSafe({ parsedValue: { safeContents: safes } })
  await authenticatedSafe.makeInternalValues({ safeContents: [{}, sealing] })
  const file = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } })
  await file.makeInternalValues({
    password,
    iterations: ROUNDS,
    pbkdf2HashAlgorithm: { name: 'SHA-256' },
    hmacHashAlgorithm: 'SHA-256',
  })
  return Buffer.from(file.toSchema().toBER())
}

const holding = (safeBags: pkijs.SafeBag[]) => new pkijs.SafeContents({ safeBags })

const bag = (bagId: string, bagValue: pkijs.BagType, bagAttributes?: pkijs.Attribute[]) =>
  new pkijs.SafeBag({ bagId, bagValue, ...(bagAttributes && { bagAttributes }) })

const certificatesOf = (keyed: Keyed) => [
  bag(CERTIFICATE, certificate(keyed.cert_pem), pairing(keyed)),
  ...keyed.chain.map((pem) => bag(CERTIFICATE, certificate(pem))),
]

const certificate = (pem: string) =>
  new pkijs.CertBag({ parsedValue: pkijs.Certificate.fromBER(derOf(pem)) })

/** By the same id an importer knows which of the certificates belongs to the key. */
const pairing = ({ name, cert_pem }: Keyed) => [
  new pkijs.Attribute({ type: FRIENDLY_NAME, values: [new BmpString({ value: name })] }),
  new pkijs.Attribute({
    type: LOCAL_KEY_ID,
    values: [new OctetString({ valueHex: idOf(cert_pem) })],
  }),
]

const idOf = (cert_pem: string) => toArrayBuffer(Buffer.from(fingerprintOf(derOf(cert_pem))))

const derOf = (pem: string): ArrayBuffer => PemConverter.decodeFirst(pem)

const toArrayBuffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer
