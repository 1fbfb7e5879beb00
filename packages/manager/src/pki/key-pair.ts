import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as x509 from './x509.ts'

export type PublicKey = x509.PublicKey

/** A new P-256 key for one of our own certificates. */
export function newKeyPair(): { key_pem: string; publicKey: PublicKey } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key_pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  return { key_pem, publicKey: canonical(publicKey) }
}

export const publicKeyOf = (key_pem: string): PublicKey =>
  canonical(createPublicKey(createPrivateKey(key_pem)))

/**
 * A key in the one spelling that each key has. A point on a curve can also be written compressed, and
 * would then have another fingerprint: the same key could pass for a second one.
 */
export function canonical(key: KeyObject): PublicKey {
  const plain = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
  return new x509.PublicKey(plain.export({ type: 'spki', format: 'der' }))
}
