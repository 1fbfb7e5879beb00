import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import type { Certificate } from '@linux-patch/shared/certificate'
import { bearer } from '../../http/asker.test.kit.ts'
import { hosts } from './certificates.test.kit.ts'

const DAY = 24 * 3_600_000

/** Those that the manager has for itself are as many as it needs. */
const notOwn = ({ kind }: Certificate) => kind === 'agent' || kind === 'operator'

test('the list says of each certificate whose it is, and of all how they are', async () => {
  await using world = await hosts(2)
  const { admin } = world
  await admin.issueOperatorCertificate({ name: 'ann' })
  const { certificates = [], summary, total } = await admin.listCertificates()
  assert.deepEqual(
    certificates
      .filter(notOwn)
      .map(({ kind, status, host, name, issued_by }) => [
        kind,
        status,
        host?.name,
        name,
        issued_by,
      ]),
    [
      ['operator', 'active', undefined, 'ann', 'admin'],
      ['agent', 'active', 'web-2.example', null, 'admin'],
      ['agent', 'active', 'web-1.example', null, 'admin'],
    ],
  )
  assert.deepEqual(
    new Set(certificates.map(({ kind }) => kind)),
    new Set(['agent', 'operator', 'manager', 'web'] as const),
  )
  const none = { superseded: 0, revoked: 0, expired: 0, expiring: 0 }
  assert.deepEqual(summary, { total, active: certificates.length, ...none })
})

test('it is narrowed by kind, host, status, end and words, and the summary with it', async () => {
  await using world = await hosts(2)
  const { admin } = world
  const [first] = world.hosts
  await admin.issueOperatorCertificate({ name: 'ann' })
  const found = async (filter: Parameters<typeof admin.listCertificates>[0]) => {
    const { certificates = [] } = await admin.listCertificates(filter)
    return certificates.map(({ host, name }) => name ?? host?.name ?? '').toSorted()
  }
  assert.deepEqual(await found({ kind: 'operator' }), ['ann'])
  assert.deepEqual(await found({ host_id: first!.id }), ['web-1.example'])
  assert.deepEqual(await found({ search: 'WEB-2' }), ['web-2.example'])
  assert.deepEqual(await found({ search: '%' }), [])
  assert.deepEqual(await found({ expiring_within_days: 89 }), [])
  assert.deepEqual(await found({ expiring_within_days: 90 }), ['web-1.example', 'web-2.example'])
  const { certificates = [] } = await admin.listCertificates({ kind: 'operator' })
  const spelt = new X509Certificate(
    (await admin.issueOperatorCertificate({ name: 'bob' })).cert_pem,
  )
  assert.deepEqual(await found({ search: spelt.fingerprint256 }), ['bob'])
  assert.deepEqual(await found({ search: certificates[0]!.serial.toUpperCase() }), ['ann'])

  world.pass(91 * DAY)
  const later = world.as(await world.signIn())
  const expired = await later.listCertificates({ kind: 'agent', status: 'expired', limit: 1 })
  assert.deepEqual([expired.certificates?.length, expired.total], [1, 2])
  const { summary } = await later.listCertificates({ kind: 'agent', status: 'active' })
  assert.deepEqual([summary.expired, summary.active, summary.total], [2, 0, 2])
})

test('by status or by host it comes in groups, each with all that it has', async () => {
  await using world = await hosts(2)
  const { admin } = world
  await admin.issueHostCertificate({ host_id: world.hosts[0]!.id })
  await admin.issueOperatorCertificate({ name: 'ann' })
  const byHost = await admin.listCertificates({ group_by: 'host', limit: 3 })
  assert.deepEqual(
    byHost.groups?.map(({ host, total, certificates }) => [host?.name, total, certificates.length]),
    [
      ['web-1.example', 2, 2],
      ['web-2.example', 1, 1],
    ],
  )
  assert.equal(byHost.certificates, undefined)
  const rest = await admin.listCertificates({ group_by: 'host', offset: 3 })
  assert.deepEqual(
    rest.groups?.map(({ host, total }) => [host, total]),
    [[null, byHost.total - 3]],
  )
  const { groups } = await admin.listCertificates({ group_by: 'status' })
  assert.deepEqual(
    groups?.map(({ status, total }) => [status, total]),
    [['active', byHost.total]],
  )
})

test('what is downloaded is the certificate with its chain, and never a key', async () => {
  await using world = await hosts(1)
  const { admin } = world
  const host_id = world.hosts[0]!.id
  const { certificate, cert_pem } = await admin.issueHostCertificate({ host_id })
  const exported = await admin.exportCertificate({ id: certificate.id })
  assert.equal(exported, `${cert_pem}\n${world.authority.root_pem}\n`)
  assert.equal(await admin.getHostCertificate({ host_id }), `${cert_pem}\n`)

  const headers = bearer(world.token)
  const said = await world.ask('GET', `/api/v1/certificates/${certificate.id}/export`, { headers })
  assert.match(String(said.headers['content-type']), /^application\/x-pem-file/)
  const wanted = `/api/v1/certificates/${certificate.id}/export?format=pkcs12`
  assert.equal((await world.ask('GET', wanted, { headers })).code, 'invalid_request')
})

test('there is nothing to download of what is unknown, or of a host whose time is over', async () => {
  await using world = await hosts(1)
  const { admin } = world
  const id = '01a202e1-f7a2-7ec1-80d3-6b6d4841fbd4'
  const missing = { code: 'not_found' }
  await assert.rejects(admin.getCertificate({ id }), missing)
  await assert.rejects(admin.exportCertificate({ id }), missing)
  await assert.rejects(admin.getHostCertificate({ host_id: id }), missing)
  world.pass(91 * DAY)
  const later = world.as(await world.signIn())
  const over = later.getHostCertificate({ host_id: world.hosts[0]!.id })
  await assert.rejects(over, /web-1.example has no certificate in force/)
})
