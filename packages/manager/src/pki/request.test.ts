import assert from 'node:assert/strict'
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { openssl, p256, rsa, skip } from './openssl.test.kit.ts'
import { readRequest } from './request.ts'
import * as x509 from './x509.ts'

const refuses = (csr: string, message: RegExp) =>
  assert.rejects(readRequest(csr), { code: 'invalid_request', message })

test('a request gives its key, and the fingerprint that its host prints', { skip }, async () => {
  using asker = openssl()
  const kinds = [
    p256,
    ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    ['-algorithm', 'ED25519'],
    rsa(2048),
    rsa(3072),
  ]
  for (const kind of kinds) {
    const csr = asker.request(kind)
    const der = asker.run('pkey', '-in', 'key.pem', '-pubout')
    const spki = createPublicKey(der).export({ type: 'spki', format: 'der' })
    const { key_fingerprint } = await readRequest(csr)
    assert.equal(key_fingerprint, `sha256:${createHash('sha256').update(spki).digest('hex')}`)
  }
})

test('a key that is written in another way is still the same key', { skip }, async () => {
  using asker = openssl()
  const { key_fingerprint } = await readRequest(asker.request(p256))
  asker.run('ec', '-in', 'key.pem', '-conv_form', 'compressed', '-out', 'short.pem')
  const again = asker.run('req', '-new', '-key', 'short.pem', '-subj', '/CN=other')
  assert.equal(x509.PemConverter.decodeFirst(again).byteLength < 200, true)
  assert.equal((await readRequest(again)).key_fingerprint, key_fingerprint)
})

test('a key that is too weak, or of another kind, is refused by name', { skip }, async () => {
  using asker = openssl()
  const curve = (name: string) => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${name}`]
  await refuses(asker.request(rsa(1024)), /An RSA key of 1024 bits is too short/)
  await refuses(asker.request([...rsa(2048), '-pkeyopt', 'rsa_keygen_pubexp:3']), /exponent/)
  await refuses(asker.request(curve('secp224r1')), /curve/)
  await refuses(asker.request(curve('secp256k1')), /curve/)
  await refuses(asker.request(curve('P-521')), /curve/)
  await refuses(asker.request(['-algorithm', 'ED448']), /kind of key/)
  const explicit = [...p256, '-pkeyopt', 'ec_param_enc:explicit']
  await refuses(asker.request(explicit), /not signed by its own key/)
})

test('a request that was tampered with is refused', { skip }, async () => {
  using asker = openssl()
  const csr = asker.request(p256)
  const der = Buffer.from(x509.PemConverter.decodeFirst(csr))
  const at = der.indexOf('manager')
  der.write('manages', at)
  await refuses(x509.PemConverter.encode(der, 'CERTIFICATE REQUEST'), /not signed by its own key/)
})

test('a request for somebody else’s key is refused: nothing shows that it is the asker’s', async () => {
  const [mine, theirs] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=a',
    keys: {
      privateKey: mine!.privateKey.toCryptoKey(curve, true, ['sign']),
      publicKey: theirs!.publicKey.toCryptoKey(curve, true, ['verify']),
    },
    signingAlgorithm: curve,
  })
  await refuses(request.toString('pem'), /not signed by its own key/)
})

test('what is no request, or more than one, is refused', { skip }, async () => {
  using asker = openssl()
  const csr = asker.request(p256)
  await refuses(csr + csr, /more than one block/)
  await refuses(csr + asker.run('pkey', '-in', 'key.pem'), /more than one block/)
  const lines = csr.trim().split('\n')
  const cut = [...lines.slice(0, 3), lines.at(-1)].join('\n')
  const self = asker.run('req', '-x509', '-key', 'key.pem', '-subj', '/CN=a')
  for (const text of ['', 'hello', '\0', cut, `${csr}hello`, self, csr.replaceAll('REQUEST', 'R')])
    await refuses(text, /cannot be read/)
  await refuses(
    '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n',
    /cannot be read/,
  )
})

test('whatever byte of a request is changed, no other key comes of it', { skip }, async () => {
  using asker = openssl()
  const csr = asker.request(p256)
  const { key_fingerprint } = await readRequest(csr)
  const der = Buffer.from(x509.PemConverter.decodeFirst(csr))
  const outcomes = new Set<string>()
  for (let at = 0; at < der.length; at++) {
    const changed = Buffer.from(der)
    changed.writeUInt8(der.readUInt8(at) ^ 0x55, at)
    const read = readRequest(x509.PemConverter.encode(changed, 'CERTIFICATE REQUEST'))
    outcomes.add(
      await read.then(
        (request) => request.key_fingerprint,
        (error) => String(error.code),
      ),
    )
  }
  // The lengths around what is signed may lie: the same key is still proven.
  outcomes.delete(key_fingerprint)
  assert.deepEqual([...outcomes], ['invalid_request'])
})
