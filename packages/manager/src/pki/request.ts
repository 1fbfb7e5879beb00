import { createPublicKey, type KeyObject } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import { fingerprintOf } from './fingerprint.ts'
import { canonical, type PublicKey } from './key-pair.ts'
import * as x509 from './x509.ts'

const PEM =
  /^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----[A-Za-z0-9+/=\s]+-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/

const refused = (sentence: string, options?: ErrorOptions) =>
  new Failure('invalid_request', sentence, options)

/**
 * Takes from a certificate request the one thing that counts: a public key whose owner asks for it. What
 * else it says, names and uses, is not looked at.
 */
export async function readRequest(
  csrPem: string,
): Promise<{ publicKey: PublicKey; key_fingerprint: string }> {
  const request = parse(csrPem)
  const key = readKey(request)
  refuseWeak(key)
  // The signature proves that the asker holds the key; without it one could ask in another's name.
  if (!(await isSignedByItself(request)))
    throw refused('The certificate request is not signed by its own key.')

  const publicKey = canonical(key)
  return { publicKey, key_fingerprint: fingerprintOf(publicKey.rawData) }
}

function parse(csrPem: string) {
  if (csrPem.split('-----BEGIN').length > 2)
    throw refused('There is more than one block of PEM: send one certificate request.')
  if (!PEM.test(csrPem)) throw unreadable()
  try {
    return new x509.Pkcs10CertificateRequest(csrPem)
  } catch (cause) {
    throw unreadable(cause)
  }
}

const unreadable = (cause?: unknown) =>
  refused('The certificate request cannot be read: it must be PKCS #10 in PEM.', { cause })

function readKey(request: x509.Pkcs10CertificateRequest): KeyObject {
  try {
    const key = Buffer.from(request.publicKey.rawData)
    return createPublicKey({ key, format: 'der', type: 'spki' })
  } catch (cause) {
    throw refused('The public key in the certificate request cannot be read.', { cause })
  }
}

function refuseWeak({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject) {
  const { namedCurve = '', modulusLength = 0, publicExponent = 0n } = details
  if (type === 'ed25519') return
  if (type === 'ec') {
    if (['prime256v1', 'secp384r1'].includes(namedCurve)) return
    throw refused('The curve of the key is not accepted: use P-256 or P-384.')
  }
  if (type !== 'rsa')
    throw refused('This kind of key is not accepted: use EC P-256 or P-384, Ed25519, or RSA.')
  if (modulusLength < 2048)
    throw refused(`An RSA key of ${modulusLength} bits is too short: use 2048 or more.`)
  if (publicExponent < 65537n) throw refused('The exponent of the RSA key is too small: use 65537.')
}

async function isSignedByItself(request: x509.Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify()
  } catch {
    return false // An algorithm that nothing here knows proves nothing.
  }
}
