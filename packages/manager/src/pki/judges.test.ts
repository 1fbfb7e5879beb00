import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authority, createRoot, type Issued } from './authority.ts'
import { newKeyPair } from './key-pair.ts'
import { openssl, skip, skipWithoutGnutls } from './openssl.test.kit.ts'
import { inPem } from './pem.ts'

const DAY = 24 * 3_600_000
const id = '01a202e1-f7a2-7ec1-80d3-6b6d4841fbd4'
const names = { dns_names: ['web-1.example'], ip_addresses: ['192.0.2.1', '2001:db8::1'] }
const strictly = ['-x509_strict', '-crl_check']
const trusting = ['--load-ca-certificate', 'root.pem']
const published_at = 'https://patches.example:8443'

/** One certificate of each kind, and a list on which all of them are, or none. */
async function issued() {
  const root = await createRoot(new Date())
  const ca = await authority({ ...root, now: () => new Date(), published_at })
  const key = () => newKeyPair().publicKey
  const certificates: Record<string, Issued> = {
    agent: await ca.issue('agent', { id, ...names }, key()),
    manager: await ca.issue('manager', { id }, key()),
    operator: await ca.issue('operator', { name: 'ann' }, key()),
    web: await ca.issue('web', { identity: `urn:lpm:manager:${id}`, ...names }, key()),
    ocsp: await ca.issue('ocsp', {}, key()),
  }
  const this_update = new Date()
  const next_update = new Date(this_update.getTime() + 7 * DAY)
  const at = { revoked_at: this_update.toISOString(), reason: 'keyCompromise' } as const
  const revoked = Object.values(certificates).map(({ serial }) => ({ serial, ...at }))
  const list = { this_update, next_update, number: 1 }
  const judge = openssl()
  judge.write('root.pem', ca.root_pem)
  judge.write('none.pem', inPem('X509 CRL', await ca.signList({ ...list, revoked: [] })))
  judge.write('all.pem', inPem('X509 CRL', await ca.signList({ ...list, revoked })))
  for (const [kind, { cert_pem }] of Object.entries(certificates))
    judge.write(`${kind}.pem`, `${cert_pem}\n`)
  return { judge, kinds: Object.keys(certificates), [Symbol.dispose]: judge[Symbol.dispose] }
}

test('openssl accepts every kind strictly, and refuses what is on the list', { skip }, async () => {
  using world = await issued()
  const { judge, kinds } = world
  const verify = (list: string, kind: string) =>
    judge.say('verify', ...strictly, '-CRLfile', list, '-CAfile', 'root.pem', `${kind}.pem`)
  for (const kind of kinds) {
    assert.match(verify('none.pem', kind), /: OK\n/, kind)
    assert.match(verify('all.pem', kind), /certificate revoked\n[^]*verification failed/, kind)
  }
})

test('gnutls says the same', { skip: skip || skipWithoutGnutls }, async () => {
  using world = await issued()
  const { judge, kinds } = world
  const verify = (list: string, kind: string) =>
    judge.certtool('--verify', ...trusting, '--load-crl', list, '--infile', `${kind}.pem`)
  for (const kind of kinds) {
    assert.match(verify('none.pem', kind), /Chain verification output: Verified/, kind)
    assert.match(verify('all.pem', kind), /Not verified\.[^]*revoked/, kind)
  }
  const said = judge.certtool('--verify-crl', ...trusting, '--infile', 'all.pem')
  assert.match(said, /Verification output: Verified/)
})

test('every byte of them is ASN.1 as it should be', { skip }, async () => {
  using world = await issued()
  for (const name of [...world.kinds, 'root', 'none', 'all']) {
    const said = world.judge.say('asn1parse', '-in', `${name}.pem`, '-dump')
    // Its own words alone: random bytes in hexadecimal spell "bad" now and then.
    assert.doesNotMatch(said, /Error in encoding|BAD [A-Z]|length is greater/, name)
    assert.match(said, /^ {4}0:d=0 /)
  }
})
