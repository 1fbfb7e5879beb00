// It must come first: what is behind the next import does not load without it.
import 'reflect-metadata'
import { cryptoProvider, Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto'

/** The door to what Node cannot do of X.509. It is slow to load and seldom needed: import it when it is. */
cryptoProvider.set(webcrypto as unknown as Crypto)

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** A request for a certificate, which proves that we hold the key. The names are the authority's to give. */
export async function certificateRequest(keyPem: string, commonName: string): Promise<string> {
  const privateKey = createPrivateKey(keyPem)
  const keys = {
    privateKey: privateKey.toCryptoKey(P256, false, ['sign']),
    publicKey: createPublicKey(privateKey).toCryptoKey(P256, true, ['verify']),
  }
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: { ...P256, hash: 'SHA-256' },
  })
  return request.toString('pem')
}
