import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { hosts } from './certificates.test.kit.ts'
import { newRequest } from '../enrollment/csr.test.kit.ts'

test('a certificate is revoked with a reason, once, and on record', async () => {
  await using world = await hosts(1)
  const { certificates = [] } = await world.admin.listCertificates({ kind: 'agent' })
  const [{ id, serial } = { id: '', serial: '' }] = certificates
  const revoked = await world.admin.revokeCertificate({ id, reason: 'keyCompromise' })
  assert.deepEqual(
    [revoked.status, revoked.revocation_reason, revoked.revoked_by],
    ['revoked', 'keyCompromise', 'admin'],
  )
  const again = await world.admin.revokeCertificate({ id, reason: 'superseded' })
  assert.deepEqual(again, revoked)
  const entries = (await world.audit()).filter(({ action }) => action === 'certificate_revoke')
  assert.equal(entries.length, 1)
  assert.deepEqual(
    [entries[0]?.target_id, entries[0]?.details.serial, entries[0]?.details.reason],
    [id, serial, 'keyCompromise'],
  )
  const unknown = world.admin.revokeCertificate({ id: world.hosts[0]!.id })
  await assert.rejects(unknown, { code: 'not_found' })
  const odd = world.admin.revokeCertificate({ id, reason: 'removeFromCRL' as 'unspecified' })
  await assert.rejects(odd, { code: 'invalid_request' })
})

test('what the manager itself uses is not revoked by accident', async () => {
  await using world = await hosts(0)
  const { certificates = [] } = await world.admin.listCertificates()
  assert.deepEqual(
    new Set(certificates.map(({ kind }) => kind)),
    new Set(['manager', 'web'] as const),
  )
  for (const { id } of certificates) {
    await assert.rejects(world.admin.revokeCertificate({ id }), {
      code: 'conflict',
      message: /this manager uses now/,
    })
    const all = await world.admin.revokeCertificates({ ids: [id], reason: 'unspecified' })
    assert.deepEqual([all.total_matched, all.total_failed, all.errors[0]?.code], [1, 1, 'conflict'])
    assert.equal((await world.admin.getCertificate({ id })).status, 'active')
  }
})

test('on purpose it is revoked, and the manager makes another for itself', async () => {
  await using world = await hosts(0)
  const before = world.identity().certificate
  const { certificates = [] } = await world.admin.listCertificates({ kind: 'manager' })
  const [{ id, key_fingerprint } = { id: '', key_fingerprint: '' }] = certificates
  const revoked = await world.admin.revokeCertificate({ id, in_use: true })
  assert.equal(revoked.status, 'revoked')
  while (world.identity().certificate === before) await wait(50)
  const after = await world.admin.listCertificates({ kind: 'manager', status: 'active' })
  assert.equal(after.total, 1)
  assert.notEqual(after.certificates?.[0]?.key_fingerprint, key_fingerprint)
})

test('many are revoked at once, and each that could not be is named', async () => {
  await using world = await hosts(3)
  const { admin } = world
  const [a, b] = world.hosts
  const nobodys = '01a202e1-f7a2-7ec1-80d3-6b6d4841fbd4'
  const { certificates = [] } = await admin.listCertificates({ host_id: a!.id })
  await admin.revokeCertificate({ id: certificates[0]!.id })
  const outcome = await admin.revokeCertificates({
    host_ids: [a!.id, b!.id],
    reason: 'cessationOfOperation',
  })
  assert.deepEqual(outcome, {
    total_matched: 2,
    total_revoked: 1,
    total_skipped: 1,
    total_failed: 0,
    errors: [],
  })
  const unknown = await admin.revokeCertificates({ ids: [nobodys], reason: 'unspecified' })
  assert.deepEqual(unknown.errors, [
    { certificate_id: nobodys, code: 'not_found', message: 'There is no such certificate.' },
  ])
  const { summary } = await admin.listCertificates({ kind: 'agent' })
  assert.deepEqual([summary.active, summary.revoked], [1, 2])
})

test('to say nothing does not mean all of them', async () => {
  await using world = await hosts(1)
  const { admin } = world
  const nothing = { code: 'invalid_request', message: /Say which certificates/ }
  await assert.rejects(admin.revokeCertificates({ reason: 'unspecified' }), nothing)
  await assert.rejects(admin.renewCertificates({}), nothing)
  const empty = admin.revokeCertificates({ ids: [], reason: 'unspecified' })
  await assert.rejects(empty, { code: 'invalid_request' })
  assert.equal((await admin.listCertificates({ kind: 'agent' })).summary.active, 1)
})

test('reissued, a host has one certificate in force, and what it had before is revoked', async () => {
  await using world = await hosts(1)
  const { admin } = world
  const [{ id: host_id } = { id: '' }] = world.hosts
  await admin.issueHostCertificate({ host_id })
  const issued = await admin.reissueHostCertificate({ host_id, reason: 'keyCompromise' })
  const { certificates = [] } = await admin.listCertificates({ host_id })
  assert.deepEqual(
    certificates.map(({ status, revocation_reason }) => [status, revocation_reason]),
    [
      ['active', null],
      ['revoked', 'keyCompromise'],
      ['revoked', 'keyCompromise'],
    ],
  )
  assert.equal(certificates[0]?.id, issued.certificate.id)
  assert.equal(
    (await admin.getHost({ id: host_id })).key_fingerprint,
    certificates[0]?.key_fingerprint,
  )
})

test('sent again, a reissue revokes nothing that it has issued', async () => {
  await using world = await hosts(1)
  const [{ id: host_id } = { id: '' }] = world.hosts
  const asked = { host_id, csr_pem: await newRequest() }
  const once = { idempotency_key: 'once' }
  const first = await world.admin.reissueHostCertificate(asked, once)
  const second = await world.admin.reissueHostCertificate(asked, once)
  assert.deepEqual(second.certificate, first.certificate)
  assert.equal(second.certificate.status, 'active')
})

test('a reissue that is refused leaves the host with what it has', async () => {
  await using world = await hosts(1)
  const [{ id: host_id } = { id: '' }] = world.hosts
  const csr_pem = await newRequest()
  await world.admin.issueOperatorCertificate({ name: 'ann', csr_pem })
  const refused = world.admin.reissueHostCertificate({ host_id, csr_pem })
  await assert.rejects(refused, { code: 'conflict' })
  assert.equal((await world.admin.listCertificates({ host_id, status: 'active' })).total, 1)
})

test('a key whose certificate was revoked does not come back', async () => {
  await using world = await hosts(1)
  const [{ id: host_id } = { id: '' }] = world.hosts
  const csr_pem = await newRequest()
  const { certificate } = await world.admin.issueHostCertificate({ host_id, csr_pem })
  await world.admin.revokeCertificate({ id: certificate.id, reason: 'keyCompromise' })
  const again = world.admin.issueHostCertificate({ host_id, csr_pem })
  await assert.rejects(again, /make a new one/)
})
