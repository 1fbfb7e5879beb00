import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IssuedCertificate } from '@linux-patch/shared/certificate'
import type { Host } from '../lab/host.ts'
import { skipWithout } from '../needs.ts'
import { openFleet } from './fleet.ts'
import { until } from './until.ts'

const skip = skipWithout('lab')

/** What an administrator does with what came, as the runbook says. */
async function putInPlace(host: Host, { ca_pem, cert_pem, private_key_pem }: IssuedCertificate) {
  const certs = '/etc/linux_patch_api/certs'
  await host.write(`${certs}/ca.pem`, ca_pem)
  await host.write(`${certs}/server.pem`, cert_pem)
  await host.sh(`umask 077; cat >${certs}/server.key.pem`, { input: private_key_pem ?? '' })
}

test('a host whose key is known to others gets another one by hand', { skip }, async () => {
  await using fleet = await openFleet(['web'])
  const { api } = fleet.manager
  const id = fleet.ids.web
  const issued = await api.reissueHostCertificate({ host_id: id, reason: 'keyCompromise' })

  await assert.rejects(api.refreshHost({ id }), { code: 'host_unreachable' })
  await putInPlace(fleet.hosts.web, issued)
  await until('the manager takes the host by its new certificate', () =>
    api.refreshHost({ id }).then(
      ({ status }) => status === 'healthy',
      () => false,
    ),
  )
  const { key_fingerprint } = await api.getHost({ id })
  assert.equal(key_fingerprint, issued.certificate.key_fingerprint)
  const { certificates = [] } = await api.listCertificates({ host_id: id })
  assert.deepEqual(
    certificates.map(({ status, revocation_reason }) => [status, revocation_reason]),
    [
      ['active', null],
      ['revoked', 'keyCompromise'],
    ],
  )
})
