import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { authority, createRoot, type Issued } from './authority.ts'
import { newKeyPair } from './key-pair.ts'
import { openssl, p256, skip } from './openssl.test.kit.ts'
import { readRequest } from './request.ts'

const now = new Date()
const DAY = 24 * 3600_000
const names = { dns_names: ['web-1.example'], ip_addresses: ['192.0.2.1', '2001:db8::1'] }
const id = '01a202e1-f7a2-7ec1-80d3-6b6d4841fbd4'
const identity = `urn:lpm:manager:${id}`

const newAuthority = async (at = now) => authority({ ...(await createRoot(at)), now: () => at })
const daysOf = ({ not_before, not_after }: Issued) =>
  (Date.parse(not_after) - Date.parse(not_before)) / DAY

/** One certificate of each kind. */
async function issueAll({ issue }: Awaited<ReturnType<typeof newAuthority>>) {
  return {
    agent: await issue('agent', { id, ...names }, newKeyPair().publicKey),
    manager: await issue('manager', { id }, newKeyPair().publicKey),
    web: await issue('web', { identity, ...names }, newKeyPair().publicKey),
  }
}

test('openssl accepts each kind for its purposes, and for no other', { skip }, async () => {
  using judge = openssl()
  const ca = await newAuthority()
  judge.write('root.pem', ca.root_pem)
  const issued = await issueAll(ca)
  const accepts = (purpose: string) => {
    try {
      judge.run('verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'root.pem', 'leaf.pem')
      return true
    } catch {
      return false
    }
  }
  const judged = Object.entries(issued).map(([kind, { cert_pem }]) => {
    judge.write('leaf.pem', cert_pem)
    return [kind, accepts('sslserver'), accepts('sslclient'), accepts('smimesign')]
  })
  assert.deepEqual(judged, [
    ['agent', true, true, false],
    ['manager', false, true, false],
    ['web', true, false, false],
  ])
})

test('openssl reads what each kind says', { skip }, async () => {
  using judge = openssl()
  for (const { cert_pem } of Object.values(await issueAll(await newAuthority()))) {
    judge.write('leaf.pem', cert_pem)
    const text = judge.run('x509', '-in', 'leaf.pem', '-noout', '-text')
    assert.match(text, /Basic Constraints: critical\s+CA:FALSE/)
    assert.match(text, /Key Usage: critical\s+Digital Signature\n/)
    assert.match(text, /Subject Key Identifier:/)
    assert.match(text, /Authority Key Identifier:/)
  }
})

test('the names are what was confirmed, and the identity stands in a URI', async () => {
  const { agent, manager, web } = await issueAll(await newAuthority())
  const addresses = 'DNS:web-1.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1'
  assert.equal(agent.sans, `${addresses}, URI:urn:lpm:host:${id}`)
  assert.equal(manager.sans, `URI:urn:lpm:manager:${id}`)
  assert.equal(web.sans, `${addresses}, URI:${identity}`)
})

test('what is recorded of a certificate is what it says', async () => {
  const { agent } = await issueAll(await newAuthority())
  const read = new X509Certificate(agent.cert_pem)
  assert.equal(agent.serial, read.serialNumber.toLowerCase())
  assert.equal(agent.fingerprint, `sha256:${read.fingerprint256.replaceAll(':', '').toLowerCase()}`)
  assert.equal(agent.not_after, read.validToDate.toISOString())
  assert.match(agent.spki_hash, /^sha256:[0-9a-f]{64}$/)
})

test('each lives as long as its kind may, from five minutes ago', async () => {
  const { agent, manager, web } = await issueAll(
    await newAuthority(new Date('2026-01-01T00:00:00.900Z')),
  )
  assert.deepEqual([daysOf(agent), daysOf(manager), daysOf(web)], [90, 365, 365])
  assert.equal(agent.not_before, '2025-12-31T23:55:00.000Z')
})

test('none outlives the root, and an expired root signs nothing', async () => {
  const root = await createRoot(new Date('2016-01-10T00:00:00Z'))
  const on = async (day: string) => (await authority({ ...root, now: () => new Date(day) })).issue
  const issue = await on('2026-01-01T00:00:00Z')
  const { not_after } = await issue('manager', { id }, newKeyPair().publicKey)
  assert.equal(not_after, '2026-01-06T23:55:00.000Z') // ten years of 365 days
  const tooLate = await on('2026-01-07T00:00:00Z')
  await assert.rejects(tooLate('manager', { id }, newKeyPair().publicKey), /has expired/)
})

test(
  'the root may sign certificates and lists, and make no other authority',
  { skip },
  async () => {
    using judge = openssl()
    judge.write('root.pem', (await newAuthority()).root_pem)
    const text = judge.run('x509', '-in', 'root.pem', '-noout', '-text')
    assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    assert.match(text, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/)
    judge.run('verify', '-x509_strict', '-CAfile', 'root.pem', 'root.pem')
  },
)

test('the fingerprint of the root is the one that openssl prints', { skip }, async () => {
  using judge = openssl()
  const { root_pem, fingerprint } = await newAuthority()
  judge.write('root.pem', root_pem)
  const printed = judge.run('x509', '-in', 'root.pem', '-noout', '-fingerprint', '-sha256')
  const hex = printed.trim().split('=')[1]?.replaceAll(':', '').toLowerCase()
  assert.equal(fingerprint, `sha256:${hex}`)
})

test('serial numbers are 20 bytes, positive, and all different', async () => {
  const { issue } = await newAuthority()
  const { publicKey } = newKeyPair()
  const issued = await Promise.all(
    Array.from({ length: 20 }, () => issue('manager', { id }, publicKey)),
  )
  const serials = issued.map(({ serial }) => serial)
  assert.equal(new Set(serials).size, 20)
  for (const serial of serials) assert.match(serial, /^[4-7][0-9a-f]{39}$/)
})

test('a certificate has nothing that its request asked for', { skip }, async () => {
  using asker = openssl()
  const wishes = [
    'basicConstraints=critical,CA:TRUE',
    'subjectAltName=DNS:manager.example,URI:urn:lpm:manager:me',
    'keyUsage=keyCertSign',
  ]
  const csr = asker.request(
    p256,
    wishes.flatMap((wish) => ['-addext', wish]),
  )
  const { publicKey } = await readRequest(csr)
  const { issue } = await newAuthority()
  const { cert_pem } = await issue('agent', { id, ...names, ip_addresses: [] }, publicKey)
  const issued = new X509Certificate(cert_pem)
  assert.equal(issued.ca, false)
  assert.equal(issued.subject, `O=Linux Patch Manager\nCN=${id}`)
  assert.equal(issued.subjectAltName, `DNS:web-1.example, URI:urn:lpm:host:${id}`)
  asker.write('leaf.pem', cert_pem)
  assert.doesNotMatch(asker.run('x509', '-in', 'leaf.pem', '-noout', '-text'), /Certificate Sign/)
})

test('a key that is not the root’s own is refused at the start', async () => {
  const [one, other] = [await createRoot(now), await createRoot(now)]
  const mixed = { cert_pem: one.cert_pem, key_pem: other.key_pem, now: () => now }
  await assert.rejects(authority(mixed), /does not belong to its certificate/)
})
