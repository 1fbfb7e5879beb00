import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bundle } from '../../deploy/bundle.ts'
import type { IssuedCertificate } from '@linux-patch/shared/certificate'
import { stringify } from 'yaml'
import type { Host } from '../lab/host.ts'
import { openLab } from '../lab/lab.ts'
import { skipWithout } from '../needs.ts'
import { prepare } from './fleet.ts'
import { startManager } from './manager.ts'
import { storyBase } from './story-base.ts'
import { until } from './until.ts'

const skip = skipWithout('lab')
const SETTINGS = '/etc/linux_patch_api'

/** What an administrator does with what came, as the runbook says. */
async function putInPlace(host: Host, { ca_pem, cert_pem, private_key_pem }: IssuedCertificate) {
  await host.sh(`mkdir -p ${SETTINGS}/certs`)
  await host.write(`${SETTINGS}/certs/ca.pem`, ca_pem)
  await host.write(`${SETTINGS}/certs/server.pem`, cert_pem)
  await host.sh(`umask 077; cat >${SETTINGS}/certs/server.key.pem`, {
    input: private_key_pem ?? '',
  })
}

test('a host is entered and given its certificates by hand', { skip }, async (t) => {
  const folder = await bundle()
  await using lab = await openLab({ hosts: ['web'], base: storyBase() })
  await using manager = await startManager({
    address: lab.gateway,
    config: { hosts: { retry_every_seconds: 1 } },
  })
  const { web } = lab.hosts
  const { api } = manager
  await prepare(web, folder, [])
  const { id } = await api.addHost({ fqdn: 'web.example', ip_address: web.address })
  const isHealthy = () =>
    api.refreshHost({ id }).then(
      ({ status }) => status === 'healthy',
      () => false,
    )

  await t.test('it is read, and has the lists and the trust of one that enrolled', async () => {
    const issued = await api.issueHostCertificate({ host_id: id })
    assert.ok(issued.manager)
    const { identity, addresses, agent_port } = issued.manager
    await putInPlace(web, issued)
    await web.write(`${SETTINGS}/whitelist.yaml`, stringify({ entries: addresses }))
    const place = { url: `https://${lab.gateway}:${agent_port}`, identity }
    await web.write(`${SETTINGS}/manager.yaml`, stringify(place))
    await web.startAgent()
    await until('the manager has read it', isHealthy)
    await until(
      'it has the list',
      async () => (await api.refreshHost({ id })).crl_state === 'valid',
    )
    const { machine_id, os } = await api.getHost({ id })
    assert.deepEqual([machine_id, os?.name], [web.machine_id, 'Debian GNU/Linux'])
  })

  await t.test('its key is known to others: it gets another one', async () => {
    const issued = await api.reissueHostCertificate({ host_id: id, reason: 'keyCompromise' })
    await assert.rejects(api.refreshHost({ id }), { code: 'host_unreachable' })
    await putInPlace(web, issued)
    await until('the manager takes the host by its new certificate', isHealthy)
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
})
