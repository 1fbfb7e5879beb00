import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certificateIn, gate } from './enrollment.test.kit.ts'

const conflict = { code: 'conflict' }

test('an approved host gets its certificate, as often as it asks', async () => {
  await using world = await gate()
  const { token, confirmed } = await world.enroll(1)
  const host = await world.admin.approveEnrollment(confirmed)
  const [first, second] = [await world.status(token), await world.status(token)]
  assert.deepEqual(first, second)
  assert.equal(
    certificateIn(first).subjectAltName,
    `DNS:web-1.example, IP Address:192.0.2.1, URI:urn:lpm:host:${host.id}`,
  )
  assert.deepEqual(first.status === 'approved' && first.manager.addresses, ['127.0.0.1'])
  assert.deepEqual(
    [host.status, host.updates.total, host.updates.state],
    ['pending', null, 'unknown'],
  )
  world.pass(25 * 3600_000)
  await assert.rejects(world.status(token), { code: 'enrollment_expired' })
})

test('the names that the approver confirms count, and those that were claimed do not', async () => {
  await using world = await gate()
  const { token, confirmed } = await world.enroll(1)
  const host = await world.admin.approveEnrollment({
    ...confirmed,
    dns_names: ['db.example', 'db'],
    ip_addresses: ['198.51.100.7', '2001:db8::7'],
    display_name: 'Database',
  })
  assert.deepEqual(
    [host.name, host.fqdn, host.ip_address],
    ['Database', 'db.example', '198.51.100.7'],
  )
  assert.equal(
    certificateIn(await world.status(token)).subjectAltName,
    'DNS:db.example, DNS:db, IP Address:198.51.100.7, IP Address:2001:DB8:0:0:0:0:0:7, ' +
      `URI:urn:lpm:host:${host.id}`,
  )
})

test('no names at all can be confirmed, but at least one address must be', async () => {
  await using world = await gate()
  const { token, confirmed } = await world.enroll(1)
  await assert.rejects(world.admin.approveEnrollment({ ...confirmed, ip_addresses: [] }), {
    code: 'invalid_request',
  })
  await assert.rejects(world.admin.approveEnrollment({ ...confirmed, dns_names: ['a b'] }), {
    code: 'invalid_request',
  })
  const host = await world.admin.approveEnrollment({ ...confirmed, dns_names: [] })
  assert.equal(host.fqdn, 'web-1.example')
  assert.equal(
    certificateIn(await world.status(token)).subjectAltName,
    `IP Address:192.0.2.1, URI:urn:lpm:host:${host.id}`,
  )
})

test('nothing is approved by its id alone: key, names and addresses are what the approver says', async () => {
  await using world = await gate()
  const { token, id, confirmed } = await world.enroll(1)
  const wrong: [left_out: string, body: Record<string, unknown>][] = [
    ['key_fingerprint', { ...confirmed, key_fingerprint: undefined }],
    ['dns_names', { ...confirmed, dns_names: undefined }],
    ['ip_addresses', { ...confirmed, ip_addresses: undefined }],
    ['key_fingerprint', { ...confirmed, key_fingerprint: 'sha256:' }],
  ]
  for (const [name, body] of wrong) {
    const { id: _inPath, ...sent } = body
    const answer = await world.ask('POST', `/api/v1/admin/enrollments/${id}/approve`, {
      body: JSON.stringify(sent),
      headers: { authorization: `Bearer ${world.token}` },
    })
    assert.deepEqual([answer.status, answer.code], [400, 'invalid_request'])
    assert.match(answer.body, new RegExp(name))
  }
  assert.deepEqual(await world.status(token), { status: 'pending' })
})

test('a key that is not the one that was compared is not signed, and the request stays', async () => {
  await using world = await gate()
  const [{ token, confirmed }, other] = [await world.enroll(1), await world.enroll(2)]
  const { key_fingerprint } = other
  await assert.rejects(world.admin.approveEnrollment({ ...confirmed, key_fingerprint }), {
    code: 'conflict',
    message: /^This request is for another key than the one that you compared\./,
  })
  assert.deepEqual(await world.status(token), { status: 'pending' })
  assert.equal((await world.admin.listHosts()).total, 0)
  await world.admin.approveEnrollment(confirmed)
  assert.equal((await world.status(token)).status, 'approved')
})

test('of two who approve at once, one is told that it was decided', async () => {
  await using world = await gate()
  const { confirmed } = await world.enroll(1)
  const approve = () => world.admin.approveEnrollment({ ...confirmed, on_conflict: 'replace' })
  const results = await Promise.allSettled([approve(), approve(), approve()])
  const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  assert.deepEqual(
    lost.map(({ code, message }) => [code, message]),
    [
      ['conflict', 'This request was approved.'],
      ['conflict', 'This request was approved.'],
    ],
  )
  assert.equal((await world.admin.listHosts()).total, 1)
})

test('a host that was taken in cannot be turned away after that', async () => {
  await using world = await gate()
  const { token, id, confirmed } = await world.enroll(1)
  await world.admin.approveEnrollment(confirmed)
  await assert.rejects(world.admin.denyEnrollment({ id }), conflict)
  assert.equal((await world.status(token)).status, 'approved')
})

test('a request that nobody made cannot be decided', async () => {
  await using world = await gate()
  const id = '019a0000-0000-7000-8000-000000000000'
  const { confirmed } = await world.enroll(1)
  await assert.rejects(world.admin.approveEnrollment({ ...confirmed, id }), { code: 'not_found' })
  await assert.rejects(world.admin.denyEnrollment({ id }), { code: 'not_found' })
})

test('an address that no way leads to is said to be that, and the request stays', async () => {
  await using world = await gate({ outbound_addresses: [] })
  const { confirmed } = await world.enroll(1, { ip_address: 'fe80::1' })
  await assert.rejects(world.admin.approveEnrollment(confirmed), {
    code: 'invalid_request',
    message: 'No way leads from this manager to fe80::1.',
  })
  assert.equal((await world.admin.listEnrollments()).total, 1)
  await world.admin.approveEnrollment({ ...confirmed, ip_addresses: ['127.0.0.1'] })
})

test('a certificate that was revoked before its host came for it is not handed out', async () => {
  await using world = await gate()
  const { token, confirmed } = await world.enroll(1)
  const { id: host_id } = await world.admin.approveEnrollment(confirmed)
  const { certificates = [] } = await world.admin.listCertificates({ host_id })
  await world.admin.revokeCertificate({ id: certificates[0]!.id })
  await assert.rejects(world.status(token), { code: 'enrollment_expired', message: /enrol again/ })
})
