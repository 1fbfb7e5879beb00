import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { HOST, host, MANAGER, testAuthority } from '../pki/authority.test.kit.ts'
import { fingerprint } from '../pki/peer.ts'
import { enrolledWorld, type EnrolledWorld } from './enrolled.test.kit.ts'
import { renewalState } from './renewal-state.ts'
import { renew } from './renewal.ts'

const now = () => new Date()
const said: string[] = []
const renewIn = ({ where: places }: EnrolledWorld) =>
  renew({ places, now, say: (line) => void said.push(line) })
const certificateIn = ({ where }: EnrolledWorld) => readFileSync(where.certificate, 'utf8')
const isPair = ({ where }: EnrolledWorld) =>
  new X509Certificate(readFileSync(where.certificate)).checkPrivateKey(
    createPrivateKey(readFileSync(where.key)),
  )

test('a host gets another certificate with another key, and uses it at once', async () => {
  await using world = await enrolledWorld()
  const { validToDate } = await renewIn(world)
  assert.ok(validToDate > now() && isPair(world))
  assert.notEqual(certificateIn(world), world.material.cert)
  assert.notEqual(readFileSync(world.where.key, 'utf8'), world.material.key)
  assert.equal(existsSync(world.where.renewal), false)
  assert.deepEqual(world.requests, ['POST /api/v1/agent/certificate', 'GET /api/v1/agent/trust'])
})

test('a key whose answer was lost is asked for again, and each renewal has its own', async () => {
  await using world = await enrolledWorld()
  const asked: string[] = []
  const { sign } = world
  world.sign = (given) => {
    asked.push(given.csr_pem.length > 0 ? keyIn(given.csr_pem) : '')
    if (asked.length === 1) throw new Failure('unavailable', 'Not now.')
    return sign(given)
  }
  await assert.rejects(renewIn(world), { code: 'unavailable' })
  assert.equal(certificateIn(world), world.material.cert)
  await renewIn(world)
  await renewIn(world)
  assert.equal(asked[0], asked[1])
  assert.notEqual(asked[1], asked[2])
})

/** The public key of a P-256 request: the 65 bytes after its curve. */
function keyIn(csr_pem: string): string {
  const der = Buffer.from(csr_pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  const curve = der.indexOf(Buffer.from('06082a8648ce3d030107', 'hex'))
  return der.subarray(curve + 14, curve + 78).toString('hex')
}

test('a key that the manager has seen in another certificate is given up', async () => {
  await using world = await enrolledWorld()
  const { sign } = world
  world.sign = () => {
    throw new Failure('conflict', 'Used before.')
  }
  await assert.rejects(renewIn(world), { code: 'conflict' })
  assert.equal(existsSync(world.where.renewal), false)
  world.sign = sign
  await renewIn(world)
})

const next = await testAuthority('next root')
const wrong: Record<string, (world: EnrolledWorld, csr_pem: string) => Promise<string>> = {
  'for another key': async ({ authority }) => (await authority.issue(host)).cert,
  'of another host': ({ authority }, csr) =>
    authority.signRequest(csr, { ...host, uris: [HOST.replace(/aa$/, 'bb')] }),
  'that names a manager': ({ authority }, csr) =>
    authority.signRequest(csr, { ...host, uris: [MANAGER] }),
  'that has expired': ({ authority }, csr) =>
    authority.signRequest(csr, { ...host, from: new Date(0), to: new Date(1) }),
  'of another authority': (_world, csr) => next.signRequest(csr, host),
  'that is none': async () => 'hello',
}
for (const [what, answer] of Object.entries(wrong))
  test(`a renewed certificate ${what} is not taken`, async () => {
    await using world = await enrolledWorld()
    world.sign = ({ csr_pem }) => answer(world, csr_pem)
    await assert.rejects(renewIn(world), { code: 'invalid_request', message: /was not taken/ })
    assert.equal(certificateIn(world), world.material.cert)
    assert.ok(isPair(world))
  })

test('nobody but the manager is asked, whoever answers at its address', async (t) => {
  const others = {
    'another host': { uris: [HOST] },
    'a manager that is not ours': { uris: [MANAGER.replace(/1$/, '2')] },
    'one that only says so in a name': { uris: [], dns: [`a, URI:${MANAGER}`] },
    'a certificate that is not made for servers': { uses: ['clientAuth' as const] },
  }
  for (const [who, shows] of Object.entries(others))
    await t.test(who, async () => {
      await using world = await enrolledWorld({ shows })
      await assert.rejects(renewIn(world), { code: 'invalid_request', message: /does not hold/ })
      assert.deepEqual(world.requests, [])
    })
})

test('cut off after any step, it goes on: there is a pair that works', async (t) => {
  /** As far as a renewal came: its key, what it received, and which of the two is in its place. */
  const steps: Record<string, ('key' | 'certificate')[]> = {
    'what it received': [],
    'its key': ['key'],
    'its key and certificate': ['key', 'certificate'],
  }
  for (const [what, placed] of Object.entries(steps))
    await t.test(`after ${what} was written`, async () => {
      await using world = await enrolledWorld()
      const { where, authority, material } = world
      const state = renewalState(where)
      const [key, renewed] = [await state.key(), await authority.issue(host)]
      const replaces = fingerprint(new X509Certificate(material.cert))
      await state.keep({ certificate: renewed.cert, key: renewed.key, replaces })
      if (placed.includes('key')) writeFileSync(where.key, renewed.key)
      if (placed.includes('certificate')) writeFileSync(where.certificate, renewed.cert)

      assert.notEqual(key, renewed.key)
      assert.equal(await renewalState(where).finish(), !placed.includes('certificate'))
      assert.equal(certificateIn(world), renewed.cert)
      assert.ok(isPair(world))
      assert.equal(existsSync(where.renewal), false)
    })
})

test('what a renewal has left does not undo that the host was enrolled anew', async () => {
  await using world = await enrolledWorld()
  const { where, authority } = world
  const state = renewalState(where)
  await state.key()
  const { cert: certificate, key } = await authority.issue(host)
  await state.keep({ certificate, key, replaces: 'another' })
  assert.equal(await state.finish(), false)
  assert.equal(certificateIn(world), world.material.cert)
})

test('of two renewals at once one is refused, and what is there belongs together', async () => {
  await using world = await enrolledWorld()
  const ended = await Promise.allSettled([renewIn(world), renewIn(world)])
  assert.deepEqual(ended.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  assert.ok(isPair(world))
  await renewIn(world)
  assert.ok(isPair(world))
})

test('a host that does not know its manager says so', async () => {
  await using world = await enrolledWorld()
  rmSync(world.where.manager)
  await assert.rejects(renewIn(world), { code: 'not_found', message: /manager\.yaml is not there/ })
})
