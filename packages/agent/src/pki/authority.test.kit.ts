import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { KeyObject, randomBytes, webcrypto } from 'node:crypto'
import type { Material } from '../services/certificates.ts'
import { signedList, type ListOf } from './crl.test.kit.ts'

x509.cryptoProvider.set(webcrypto as unknown as Crypto)

export const DAY_MS = 24 * 3600_000
export const MANAGER = 'urn:lpm:manager:01980000-0000-7000-8000-000000000001'
export const HOST_ID = '01980000-0000-7000-8000-0000000000aa'
export const HOST = `urn:lpm:host:${HOST_ID}`

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { ...P256, hash: 'SHA-256' } as const
const newKeys = () => webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])

type Use = 'serverAuth' | 'clientAuth'
export type Leaf = {
  uris?: string[]
  dns?: string[]
  ips?: string[]
  uses?: Use[]
  from?: Date
  to?: Date
}
export type TestAuthority = Awaited<ReturnType<typeof testAuthority>>

async function newRoot(keys: webcrypto.CryptoKeyPair, name: string, now: Date) {
  return x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [name] }],
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + 3650 * DAY_MS),
    keys,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
}

/** An authority for tests: like the manager's where nothing is said, and wrong in any way that is asked for. */
export async function testAuthority(name = 'test root', now = new Date()) {
  const keys = await newKeys()
  const root = await newRoot(keys, name, now)

  async function sign(publicKey: webcrypto.CryptoKey, leaf: Leaf): Promise<string> {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      issuer: root.subject,
      subject: [{ CN: ['leaf'] }],
      notBefore: leaf.from ?? new Date(now.getTime() - 5 * 60_000),
      notAfter: leaf.to ?? new Date(now.getTime() + 90 * DAY_MS),
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: signing,
      extensions: extensions(leaf),
    })
    return pem(certificate)
  }

  return {
    ca: pem(root),
    fingerprint: `sha256:${Buffer.from(await root.getThumbprint('SHA-256')).toString('hex')}`,

    /** A pair with its own key, and this authority to check others against. */
    async issue(leaf: Leaf = {}): Promise<Material> {
      const own = await newKeys()
      const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', own.privateKey)
      const key = x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')
      return { ca: pem(root), cert: await sign(own.publicKey, leaf), key }
    },

    /** A list of revoked certificates that holds until a moment. */
    revocations: (next_update: Date, list: Omit<ListOf, 'next_update'> = {}) =>
      signedList(Buffer.from(root.subjectName.toArrayBuffer()), KeyObject.from(keys.privateKey), {
        ...list,
        next_update,
      }),

    /** A certificate for the key of a request, as at an approval. */
    signRequest: async (csrPem: string, leaf: Leaf) =>
      sign(await new x509.Pkcs10CertificateRequest(csrPem).publicKey.export(), leaf),
  }
}

export const manager: Leaf = { uris: [MANAGER], uses: ['clientAuth'] }
export const host: Leaf = {
  uris: [HOST],
  dns: ['localhost'],
  ips: ['127.0.0.1', '::1'],
  uses: ['serverAuth', 'clientAuth'],
}

const extensions = ({ uris = [], dns = [], ips = [], uses = ['clientAuth'] }: Leaf) => [
  new x509.BasicConstraintsExtension(false, undefined, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
  ...(uses.length > 0
    ? [new x509.ExtendedKeyUsageExtension(uses.map((use) => x509.ExtendedKeyUsage[use]))]
    : []),
  new x509.SubjectAlternativeNameExtension([
    ...uris.map((value) => ({ type: 'url' as const, value })),
    ...dns.map((value) => ({ type: 'dns' as const, value })),
    ...ips.map((value) => ({ type: 'ip' as const, value })),
  ]),
]

/** What the library writes has no end of line, and two in one file would run into each other. */
const pem = (made: x509.X509Certificate) => `${made.toString('pem')}\n`

const serial = () => `4${randomBytes(16).toString('hex').slice(1)}`
