import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { authority, createRoot } from './authority.ts'
import { newKeyPair } from './key-pair.ts'
import { openssl, skip } from './openssl.test.kit.ts'
import { packPkcs12 } from './pkcs12.ts'

const passphrase = 'correct horse: "battery" \\ staple'

async function packed() {
  const ca = await authority({ ...(await createRoot(new Date())), now: () => new Date() })
  const { key_pem, publicKey } = newKeyPair()
  const { cert_pem } = await ca.issue('manager', { id: 'ann' }, publicKey)
  const keyed = { name: 'ann', key_pem, cert_pem, chain: [ca.root_pem] }
  return { keyed, file: await packPkcs12(keyed, passphrase) }
}

const blocksOf = (text: string) => text.match(/-----BEGIN [^]*?-----END [A-Z ]+-----/g)

test('openssl finds the key and its certificates in the file', { skip }, async () => {
  using judge = openssl()
  const { keyed, file } = await packed()
  judge.write('ann.p12', file)
  const said = judge.run('pkcs12', '-in', 'ann.p12', '-nodes', '-passin', `pass:${passphrase}`)
  const expected = [keyed.key_pem, keyed.cert_pem, ...keyed.chain].map((pem) => pem.trim())
  assert.deepEqual(blocksOf(said), expected)
  assert.match(said, /friendlyName: ann/)
  const ids = [...said.matchAll(/localKeyID: (.*)/g)].map(([, id]) => id)
  assert.ok(ids.length === 2 && ids[0] === ids[1], 'the key and its certificate are one pair')
})

test('both halves are sealed by AES-256, and the whole by HMAC-SHA256', { skip }, async () => {
  const { file } = await packed()
  const asking = ['pkcs12', '-info', '-noout', '-passin', `pass:${passphrase}`]
  const { status, stderr } = spawnSync('openssl', asking, { input: file, encoding: 'utf8' })
  assert.equal(status, 0)
  assert.match(stderr, /MAC: sha256, Iteration 100000/)
  const sealed = /PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256/g
  assert.equal(stderr.match(sealed)?.length, 2)
})

test('another passphrase opens nothing', { skip }, async () => {
  using judge = openssl()
  judge.write('ann.p12', (await packed()).file)
  assert.throws(() => judge.run('pkcs12', '-in', 'ann.p12', '-nodes', '-passin', 'pass:another'))
})

test('it can be used as it is for TLS', async () => {
  const { file } = await packed()
  createSecureContext({ pfx: file, passphrase })
  assert.throws(() => createSecureContext({ pfx: file, passphrase: 'another' }))
})
