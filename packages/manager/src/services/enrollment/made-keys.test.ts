import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import type { PkiBundle } from '@linux-patch/shared/enrollment'
import { certificateIn, gate, type Gate } from './enrollment.test.kit.ts'

const MINUTE = 60_000
const gone = { code: 'enrollment_expired', message: /^The key of this host was fetched already/ }

/** A host that sends no certificate request. */
async function keyless(world: Gate, number: number, more = {}) {
  const asked = await world.enroll(number, { csr_pem: undefined, ...more })
  return { ...asked, status: async () => (await world.status(asked.token)) as PkiBundle }
}

test('a host that sends no certificate request gets a key that is made for it, once', async () => {
  await using world = await gate()
  const { status, confirmed, key_fingerprint } = await keyless(world, 1)
  assert.equal(key_fingerprint, '')
  const host = await world.admin.approveEnrollment(confirmed)
  const bundle = await status()
  const certificate = certificateIn(bundle)
  assert.ok(certificate.checkPrivateKey(createPrivateKey(bundle.server_key ?? '')))
  assert.match(certificate.subjectAltName ?? '', new RegExp(host.id))
  assert.match(host.key_fingerprint ?? '', /^sha256:[0-9a-f]{64}$/)
  await assert.rejects(status(), gone)
})

test('of many who ask at once with its token, one gets the key', async () => {
  await using world = await gate()
  const { status, confirmed } = await keyless(world, 1)
  await world.admin.approveEnrollment(confirmed)
  const answers = await Promise.allSettled(Array.from({ length: 20 }, status))
  assert.equal(answers.filter((one) => one.status === 'fulfilled').length, 1)
})

test('nobody approves it without saying so, nor with a fingerprint that there cannot be', async () => {
  await using world = await gate()
  const { id, confirmed } = await keyless(world, 1)
  const { dns_names, ip_addresses } = confirmed
  const silent = { id, dns_names, ip_addresses }
  const key_fingerprint = `sha256:${'0'.repeat(64)}`
  for (const wrong of [silent, { ...silent, key_fingerprint }, { ...confirmed, key_fingerprint }])
    await assert.rejects(world.admin.approveEnrollment(wrong), {
      code: 'invalid_request',
      message: /confirm with make_key/,
    })
  assert.equal((await world.admin.listHosts()).total, 0)
})

test('a host with a key of its own is not given one', async () => {
  await using world = await gate()
  const { confirmed, token } = await world.enroll(1)
  const make_key = true as const
  await assert.rejects(world.admin.approveEnrollment({ ...confirmed, make_key }), {
    code: 'invalid_request',
  })
  await world.admin.approveEnrollment(confirmed)
  assert.equal('server_key' in (await world.status(token)), false)
})

test('a key that nobody fetches in ten minutes is gone, and is then not in the database', async () => {
  await using world = await gate()
  const { id, status, confirmed } = await keyless(world, 1)
  await world.admin.approveEnrollment(confirmed)
  world.pass(10 * MINUTE)
  await assert.rejects(status(), { code: 'enrollment_expired' })
  await world.stores.enrollments.purgeExpired(world.now().toISOString())
  const kept = await world.stores.enrollments.get(id)
  assert.deepEqual([kept.status, kept.sealed_key], ['approved', null])
})

test('until it is fetched it is sealed, and bound to its request', async () => {
  await using world = await gate()
  const { id, token, confirmed } = await keyless(world, 1)
  const other = await keyless(world, 2)
  await world.admin.approveEnrollment(confirmed)
  await world.admin.approveEnrollment(other.confirmed)
  const { sealed_key, bundle } = await world.stores.enrollments.get(id)
  assert.match(sealed_key ?? '', /^v1\./)
  assert.doesNotMatch(bundle ?? '', /PRIVATE|server_key/)
  assert.throws(() => world.keys.open(`enrollment-key.${other.id}`, sealed_key ?? ''))
  const { server_key = 'none' } = (await world.status(token)) as PkiBundle
  const line = server_key.split('\n')[1] ?? 'none'
  const kept = JSON.stringify([await world.stores.enrollments.get(id), await world.audit()])
  assert.ok(!kept.includes(line) && !world.log.everything().includes(line))
})

test('one whose key was lost is approved again: the same host, another key, the same token', async () => {
  await using world = await gate()
  const { id, status, confirmed } = await keyless(world, 1)
  const host = await world.admin.approveEnrollment(confirmed)
  await assert.rejects(world.admin.approveEnrollment(confirmed), { code: 'conflict' })
  const first = await status()

  assert.deepEqual((await world.admin.listEnrollments()).enrollments, [])
  const { enrollments } = await world.admin.listEnrollments({ status: 'approved' })
  assert.deepEqual(
    enrollments.map((row) => [row.id, row.status, row.key_fingerprint]),
    [[id, 'approved', null]],
  )
  const again = await world.admin.approveEnrollment(confirmed)
  assert.equal(again.id, host.id)
  const second = await status()
  assert.notEqual(second.server_key, first.server_key)
  const serial = certificateIn(first).serialNumber
  assert.equal((await world.stores.certificates.findBySerial(serial))?.status, 'revoked')
  assert.equal((await world.admin.listHosts()).total, 1)
})

test('a day after it asked, it is not approved again', async () => {
  await using world = await gate()
  const { confirmed, status } = await keyless(world, 1)
  await world.admin.approveEnrollment(confirmed)
  await status()
  world.pass(24 * 60 * MINUTE)
  const admin = world.as(await world.signIn())
  await assert.rejects(admin.approveEnrollment(confirmed), { code: 'conflict' })
  await world.stores.enrollments.purgeExpired(world.now().toISOString())
  await assert.rejects(admin.approveEnrollment(confirmed), { code: 'not_found' })
})

test('no join code takes in a host without a key of its own', async () => {
  await using world = await gate()
  const { code } = await world.admin.createJoinCode({ name: 'autumn', auto_approve: true })
  const { id } = await keyless(world, 1, { join_code: code })
  const [row] = (await world.admin.listEnrollments()).enrollments
  assert.equal(row?.id, id)
  assert.equal(row?.waits_because, 'It sent no certificate request, so its key must be made here.')
})

test('an answer with a key is kept by nobody on the way', async () => {
  await using world = await gate()
  const { token, confirmed } = await keyless(world, 1)
  await world.admin.approveEnrollment(confirmed)
  const answer = await world.ask('GET', `/api/v1/enroll/status/${token}`)
  assert.match(answer.body, /BEGIN PRIVATE KEY/)
  assert.equal(answer.headers['cache-control'], 'no-store')
})
