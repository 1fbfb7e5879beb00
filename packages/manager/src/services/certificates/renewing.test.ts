import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scriptedAgent } from '../../agents/agent.test.kit.ts'
import { hosts } from './certificates.test.kit.ts'
import { newRequest } from '../enrollment/csr.test.kit.ts'

type World = Awaited<ReturnType<typeof hosts>>

async function onlyOf({ admin }: World, host_id: string) {
  const { certificates = [] } = await admin.listCertificates({ host_id, status: 'active' })
  assert.equal(certificates.length, 1)
  return certificates[0]!
}

test('a request gets a certificate for the same names, and the one before holds', async () => {
  await using world = await hosts(1)
  const [{ id: host_id } = { id: '' }] = world.hosts
  const before = await onlyOf(world, host_id)
  const csr_pem = await newRequest()
  const answer = await world.admin.renewCertificate({ id: before.id, csr_pem })
  assert.equal(answer.issued?.certificate.sans, before.sans)
  assert.equal(answer.issued?.certificate.replaces_id, before.id)
  assert.equal(answer.certificate.status, 'active')
  const entry = (await world.audit()).at(-1)
  assert.equal(entry?.action, 'certificate_renew')

  const again = await world.admin.renewCertificate({ id: before.id, csr_pem: await newRequest() })
  const { certificates = [] } = await world.admin.listCertificates({ host_id })
  assert.deepEqual(
    certificates.map(({ id, status }) => [id, status]),
    [
      [again.issued?.certificate.id, 'active'],
      [answer.issued?.certificate.id, 'superseded'],
      [before.id, 'active'],
    ],
    'of two that nobody uses yet the last one counts',
  )
})

test('a renewal with the key of before is refused', async () => {
  await using world = await hosts(1)
  const [{ id: host_id } = { id: '' }] = world.hosts
  const csr_pem = await newRequest()
  const { certificate } = await world.admin.issueHostCertificate({ host_id, csr_pem })
  const same = world.admin.renewCertificate({ id: certificate.id, csr_pem })
  await assert.rejects(same, { code: 'conflict' })
})

test('without a request the host is asked, at once where it answers', async () => {
  await using world = await hosts(1)
  const [{ id: host_id } = { id: '' }] = world.hosts
  const { id } = await onlyOf(world, host_id)
  await using agent = await scriptedAgent({ authority: world.authority, host_id })
  agent.answers.reloadConfig = () => ({ reloaded: [] })
  await world.stores.hosts.update(host_id, { ip_address: '127.0.0.1', agent_port: agent.port })
  const answer = await world.admin.renewCertificate({ id })
  assert.deepEqual([answer.issued, answer.told], [null, true])
  assert.ok(agent.asked.includes('POST /system/config/reload'))
  assert.ok((await world.stores.certificates.get(id)).renewal_wanted_at)

  await agent.leave()
  const { told } = await world.admin.renewCertificate({ id })
  assert.equal(told, false)
  const entries = (await world.audit()).filter(({ action }) => action === 'certificate_renewal_ask')
  assert.equal(entries.length, 2)
})

test('an operator gets another certificate with another key', async () => {
  await using world = await hosts(0)
  const { certificate } = await world.admin.issueOperatorCertificate({ name: 'ann' })
  const { issued } = await world.admin.renewCertificate({ id: certificate.id })
  assert.match(issued?.private_key_pem ?? '', /BEGIN PRIVATE KEY/)
  assert.equal(issued?.certificate.name, 'ann')
  const passphrase = 'correct horse battery'
  const file = await world.admin.renewCertificate({ id: certificate.id, passphrase })
  assert.ok(file.issued?.pkcs12_base64)
})

test('what has ended is not renewed, nor are the kinds that renew themselves', async () => {
  await using world = await hosts(1)
  const { admin } = world
  const [{ id: host_id } = { id: '' }] = world.hosts
  const { id } = await onlyOf(world, host_id)
  await assert.rejects(admin.renewCertificate({ id, passphrase: 'a long passphrase' }), {
    code: 'invalid_request',
  })
  await admin.revokeCertificate({ id })
  await assert.rejects(admin.renewCertificate({ id }), { code: 'conflict', message: /is revoked/ })
  const own = await admin.listCertificates({ kind: 'web' })
  const [web = { id: '' }] = own.certificates ?? []
  await assert.rejects(admin.renewCertificate({ id: web.id }), /renews its own certificates/)
})

test('the hosts of many are asked at once, and operators are named who have to come', async () => {
  await using world = await hosts(2)
  const { admin } = world
  const { certificate } = await admin.issueOperatorCertificate({ name: 'ann' })
  const { certificates = [] } = await admin.listCertificates({ search: 'web-1' })
  await admin.revokeCertificate({ id: certificates[0]!.id })
  const outcome = await admin.renewCertificates({ expiring_within_days: 366 })
  const { total_matched, total_renewed, total_skipped, total_failed } = outcome
  assert.deepEqual([total_renewed, total_failed], [1, 1])
  // The manager's own are among them, which it renews by itself.
  assert.ok(total_skipped > 0 && total_matched === total_skipped + 2)
  assert.equal(outcome.errors[0]?.certificate_id, certificate.id)
  const all = await admin.renewCertificates({ kind: 'agent' })
  assert.deepEqual([all.total_renewed, all.total_skipped], [1, 1])
})
