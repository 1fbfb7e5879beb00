import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { scriptedAgent } from '../agents/agent.test.kit.ts'
import { newId } from '../db/id.ts'
import { until } from '../orchestration/fleet.test.kit.ts'
import { authority, createRoot } from '../pki/authority.ts'
import { newKeyPair } from '../pki/key-pair.ts'
import { manager, type Manager } from './manager.test.kit.ts'

const DAY = 24 * 3_600_000
const names = { dns_names: ['localhost'], ip_addresses: ['127.0.0.1'] }

/** What a visitor is shown, who trusts nobody but this authority. */
async function visit({ port, authority: { root_pem } }: Manager, ca = root_pem) {
  const socket = connect({ port, host: '127.0.0.1', ca })
  await once(socket, 'secureConnect')
  return socket
}
const renewals = ({ log }: Manager) => log.said('info').filter((line) => line.includes('renewed'))
const serialOf = (socket: TLSSocket) => socket.getPeerCertificate().serialNumber

async function shown(world: Manager, ca?: string) {
  using socket = Object.assign(await visit(world, ca), {
    [Symbol.dispose]: () => void socket.destroy(),
  })
  return serialOf(socket)
}

test('a certificate in its last third is renewed while the manager runs, and no visitor is cut off', async () => {
  await using world = await manager({ started_days_ago: 300, renew_every_ms: 50 })
  const early = await visit(world)
  const before = serialOf(early)
  assert.deepEqual(world.log.said('info'), [])
  world.pass(300 * DAY)
  await until(async () => ((await shown(world)) === before ? undefined : true))
  assert.deepEqual([early.destroyed, serialOf(early)], [false, before])
  early.destroy()
  await until(() => (renewals(world).length > 2 ? true : undefined))
  assert.deepEqual(renewals(world), [
    '{"certificate":"manager"} own certificate renewed',
    '{"certificate":"web"} own certificate renewed',
    '{"certificate":"enrolled"} own certificate renewed',
  ])
})

test('agents are called with the renewed certificate, also those that were called before', async () => {
  await using world = await manager({ started_days_ago: 300 })
  world.pass(300 * DAY)
  const host_id = newId()
  await using agent = await scriptedAgent({ authority: world.authority, host_id })
  const seen: string[] = []
  agent.answerInstead(({ socket }, response, next) => {
    seen.push((socket as TLSSocket).getPeerCertificate().serialNumber)
    response.set('connection', 'close')
    next()
  })
  const client = world.agents.at({ host_id, ip_address: '127.0.0.1', agent_port: agent.port })
  await client.getHealth()
  await client.getHealth()
  assert.equal(await world.certificates.renew.manager(), true)
  assert.equal(await world.certificates.renew.manager(), false)
  await client.getHealth()
  const [first, second, third] = seen
  assert.equal(first, second)
  assert.notEqual(second, third)
})

test('a certificate of the manager’s own that is revoked is replaced within seconds, by another key', async () => {
  await using world = await manager()
  const { certificate, private_key } = world.identity()
  const { serialNumber } = new X509Certificate(certificate)
  const { id } = (await world.stores.certificates.findBySerial(serialNumber))!
  const revoking = { reason: 'keyCompromise', by: null, at: world.now().toISOString() } as const
  await world.database.transaction((stores) => world.revocation.revoke(stores, [id], revoking))
  await world.revocation.published()
  await until(() => (world.identity().certificate === certificate ? undefined : true))
  assert.notEqual(world.identity().private_key, private_key)
  assert.equal(world.identity().urn, new X509Certificate(certificate).subjectAltName?.slice(4))
})

test('the client certificate of the manager is kept over a restart', async () => {
  await using first = await manager()
  await using again = await manager({ folder: first.folder })
  assert.equal(again.identity().certificate, first.identity().certificate)
})

test('the operator’s own certificate is shown once its files are new, and a broken one never', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'lpm-own-'))
  const own = await authority({ ...(await createRoot(new Date())), now: () => new Date() })
  const files = {
    certificate_file: join(folder.path, 'cert.pem'),
    key_file: join(folder.path, 'key.pem'),
  }
  const write = async () => {
    const { key_pem, publicKey } = newKeyPair()
    const { cert_pem, serial } = await own.issue(
      'web',
      { identity: 'urn:lpm:manager:own', ...names },
      publicKey,
    )
    writeFileSync(files.key_file, key_pem)
    writeFileSync(files.certificate_file, cert_pem)
    return serial.toUpperCase()
  }
  const first = await write()
  await using world = await manager({ settings: { tls: files }, renew_every_ms: 50 })
  assert.equal(await shown(world, own.root_pem), first)

  writeFileSync(files.certificate_file, 'half a certif')
  await until(() => world.log.said('error').find((line) => line.includes('not renewed')))
  assert.equal(await shown(world, own.root_pem), first)
  world.pass(300 * DAY)
  await until(() => (renewals(world).length > 1 ? true : undefined))
  assert.deepEqual(renewals(world), [
    '{"certificate":"manager"} own certificate renewed',
    '{"certificate":"enrolled"} own certificate renewed',
  ])

  const second = await write()
  await until(async () => ((await shown(world, own.root_pem)) === second ? true : undefined))
})
