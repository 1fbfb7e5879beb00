import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, certificateIn, gate, type Gate } from './enrollment.test.kit.ts'

const conflict = { code: 'conflict' }

/** A host that is managed already. */
async function managed(world: Gate, number: number, more = {}) {
  const { token, confirmed } = await world.enroll(number, more)
  const host = await world.admin.approveEnrollment(confirmed)
  return { ...host, token }
}

const alike = {
  machine_id: { fqdn: 'new.example', ip_address: '192.0.2.9' },
  fqdn: { machine_id: '9'.repeat(32), fqdn: 'WEB-1.example', ip_address: '192.0.2.9' },
  ip_address: { machine_id: '9'.repeat(32), fqdn: 'new.example' },
}
for (const [field, more] of Object.entries(alike))
  test(`a host with the ${field} of another is shown as such, and not taken in unasked`, async () => {
    await using world = await gate()
    const known = await managed(world, 1)
    const { confirmed } = await world.enroll(1, more)
    const [shown] = (await world.admin.listEnrollments()).enrollments
    const known_host = { id: known.id, name: 'web-1.example', same: [field] }
    assert.deepEqual(shown?.known_host, known_host)
    await assert.rejects(
      world.admin.approveEnrollment(confirmed),
      (error: Record<string, unknown>) => {
        const { conflict } = error['details'] as Record<string, unknown>
        assert.deepEqual(
          [error['code'], conflict],
          ['conflict', { host: { id: known.id, name: 'web-1.example' } }],
        )
        return true
      },
    )
    assert.equal((await world.admin.listEnrollments()).total, 1)
    assert.equal((await world.admin.listHosts()).total, 1)
  })

test('merged, it is the host we know with a new certificate, and the old one counts no more', async () => {
  await using world = await gate()
  const known = await managed(world, 1)
  const { token, confirmed } = await world.enroll(1, { ip_address: '192.0.2.9' })
  const merged = await world.admin.approveEnrollment({ ...confirmed, on_conflict: 'merge' })
  assert.deepEqual([merged.id, merged.ip_address], [known.id, '192.0.2.9'])
  assert.equal((await world.admin.listHosts()).total, 1)

  const serial = async (of: string) => certificateIn(await world.status(of)).serialNumber
  const old = await world.stores.certificates.findBySerial(await serial(known.token))
  const now = await world.stores.certificates.findBySerial(await serial(token))
  assert.deepEqual([old?.status, now?.status, now?.host_id], ['superseded', 'active', known.id])
})

test('merged, it keeps the name that people gave it, unless they give it another', async () => {
  await using world = await gate()
  const { confirmed } = await world.enroll(1)
  await world.admin.approveEnrollment({ ...confirmed, display_name: 'Shop' })
  const again = async (more = {}) => {
    const { confirmed } = await world.enroll(1)
    return (await world.admin.approveEnrollment({ ...confirmed, on_conflict: 'merge', ...more }))
      .name
  }
  assert.equal(await again(), 'Shop')
  assert.equal(await again({ display_name: 'Till' }), 'Till')
})

test('replaced, the known host leaves with its certificate, and the new one has an id of its own', async () => {
  await using world = await gate()
  const known = await managed(world, 1)
  const { confirmed } = await world.enroll(1)
  const host = await world.admin.approveEnrollment({ ...confirmed, on_conflict: 'replace' })
  assert.notEqual(host.id, known.id)
  const { hosts } = await world.admin.listHosts()
  assert.deepEqual(
    hosts.map(({ id }) => id),
    [host.id],
  )
  assert.equal(
    (await world.stores.hosts.get(known.id, 'all')).retired_reason,
    'Replaced by another machine.',
  )
  const { rows } = await world.stores.certificates.list({ host_id: known.id, limit: 9, offset: 0 })
  assert.deepEqual(
    rows.map(({ status }) => status),
    ['revoked'],
  )
})

test('one that is like several hosts is merged with none, but can replace them all', async () => {
  await using world = await gate()
  const hosts = [await managed(world, 1), await managed(world, 2)]
  const { confirmed } = await world.enroll(1, { ip_address: '192.0.2.2' })
  await assert.rejects(world.admin.approveEnrollment({ ...confirmed, on_conflict: 'merge' }), {
    code: 'conflict',
    message:
      'It is like several hosts: web-1.example, web-2.example. Confirm names and addresses of its own.',
  })
  const host = await world.admin.approveEnrollment({ ...confirmed, on_conflict: 'replace' })
  assert.equal((await world.admin.listHosts()).total, 1)
  assert.ok(hosts.every(({ id }) => id !== host.id))
})

test('the key of a managed host opens no second place', async () => {
  await using world = await gate()
  const { csr_pem } = await asking(1)
  await managed(world, 1, { csr_pem })
  const { token, confirmed } = await world.enroll(2, { csr_pem })
  await assert.rejects(world.admin.approveEnrollment(confirmed), conflict)
  assert.deepEqual(await world.status(token), { status: 'pending' })
  assert.equal((await world.admin.listHosts()).total, 1)
})

test('the same host with the same key can come back', async () => {
  await using world = await gate()
  const { csr_pem } = await asking(1)
  const known = await managed(world, 1, { csr_pem })
  const { confirmed } = await world.enroll(1, { csr_pem })
  const merged = await world.admin.approveEnrollment({ ...confirmed, on_conflict: 'merge' })
  assert.equal(merged.id, known.id)
})

test('a host does not come back with a key that was revoked', async () => {
  await using world = await gate()
  const { csr_pem } = await asking(1)
  const { id: host_id } = await managed(world, 1, { csr_pem })
  const { certificates = [] } = await world.admin.listCertificates({ host_id })
  await world.admin.revokeCertificate({ id: certificates[0]!.id, reason: 'keyCompromise' })
  const { confirmed } = await world.enroll(1, { csr_pem })
  const merging = world.admin.approveEnrollment({ ...confirmed, on_conflict: 'merge' })
  await assert.rejects(merging, { ...conflict, message: /enrol with a new key/ })
})
