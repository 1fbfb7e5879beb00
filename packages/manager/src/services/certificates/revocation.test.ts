import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { newCertificate } from '../../db/samples.test.kit.ts'
import { newId } from '../../db/id.ts'
import { fleet, isTaken, until, type Fleet } from '../../orchestration/fleet.test.kit.ts'
import { isOn } from '../../pki/crl.ts'
import { manager } from '../../start/manager.test.kit.ts'

const MINUTE = 60_000

/** Records the certificate that a scripted agent shows, as if it had been enrolled. */
async function recorded({ stores }: Fleet, number: number, host_id: string, serial: string) {
  const row = { ...newCertificate(number, host_id), serial, not_after: '2099-01-01T00:00:00.000Z' }
  return (await stores.certificates.add(row)).id
}

async function enrolled(hosts = 1) {
  const world = await fleet({ hosts })
  const ids: string[] = []
  for (const [number, { host_id, serial }] of world.agents.entries())
    ids.push(await recorded(world, number, host_id, serial))
  const addressOf = (number: number) => ({
    host_id: world.agents[number]!.host_id,
    ip_address: '127.0.0.1',
    agent_port: world.agents[number]!.port,
  })
  return {
    ...world,
    certificate_ids: ids,
    call: (number = 0) => world.calling.at(addressOf(number)).getHealth(),
    async revoke(certificate_ids: string[]) {
      const at = world.now().toISOString()
      await world.database.transaction((stores) =>
        world.revocation.revoke(stores, certificate_ids, {
          reason: 'keyCompromise',
          by: null,
          at,
        }),
      )
    },
  }
}

const refused = { code: 'host_unreachable', message: /was revoked or replaced/ }

test('a host whose certificate is revoked is not called any more, and the others are', async () => {
  await using world = await enrolled(2)
  await Promise.all([world.call(0), world.call(1)])
  await world.revoke(world.certificate_ids.slice(0, 1))
  await world.revocation.published()
  const heard = world.agent.asked.length
  await assert.rejects(world.call(0), refused)
  assert.equal(world.agent.asked.length, heard)
  await world.call(1)
})

test('what is open to a revoked certificate is dropped at once, the live socket too', async () => {
  await using world = await enrolled()
  const job = await world.patch()
  await world.part(job.id, isTaken)
  await until(() => (world.agent.followers.size > 0 ? true : undefined))
  world.agent.answerInstead(() => {})
  const under_way = assert.rejects(world.call())
  await until(() => world.agent.asked.filter((line) => line === 'GET /health')[0])
  await world.revoke(world.certificate_ids)
  const started = Date.now()
  await world.revocation.published()
  await under_way
  await until(() => (world.agent.followers.size === 0 ? true : undefined))
  assert.ok(Date.now() - started < 2000)
})

test('another manager over the same database drops it within seconds', async () => {
  await using world = await enrolled()
  await using other = await manager({ folder: world.folder })
  const { host_id, port } = world.agent
  world.agent.answerInstead(() => {})
  const address = { host_id, ip_address: '127.0.0.1', agent_port: port }
  const under_way = assert.rejects(other.agents.at(address).getHealth())
  await until(() => (world.agent.asked.length > 0 ? true : undefined))
  await world.revoke(world.certificate_ids)
  await world.revocation.published()
  await under_way
})

test('hosts that answer are told to fetch the list, and none is waited for', async () => {
  await using world = await enrolled(2)
  const [heard, silent] = world.agents
  for (const { host_id } of world.agents)
    await world.stores.hosts.update(host_id, { status: 'healthy' })
  silent!.answerInstead(() => {})
  const started = Date.now()
  await world.revocation.published()
  assert.ok(Date.now() - started < 3000)
  assert.deepEqual(heard!.asked, ['POST /system/config/reload'])
  assert.deepEqual(silent!.asked, ['POST /system/config/reload'])
})

test('a certificate that another one replaced is good for five minutes more', async () => {
  await using world = await enrolled()
  await world.stores.certificates.supersede(world.agent.host_id, world.now().toISOString())
  await world.call()
  world.pass(6 * MINUTE)
  await world.agent.leave()
  await world.agent.comeBack()
  await assert.rejects(world.call(), refused)
})

test('who is revoked in a transaction that fails is not', async () => {
  await using world = await enrolled()
  const failing = world.database.transaction(async (stores) => {
    const revoking = { reason: 'unspecified', by: null, at: world.now().toISOString() } as const
    await world.revocation.revoke(stores, world.certificate_ids, revoking)
    throw new Error('the power failed')
  })
  await assert.rejects(failing, /the power failed/)
  await world.revocation.published()
  await world.call()
})

test('a certificate is revoked by its id, and an unknown one changes nothing', async () => {
  await using world = await enrolled()
  await world.revoke([newId()])
  await world.revocation.published()
  await world.call()
})

test('what nobody came to publish is published by whoever looks next, once', async () => {
  await using world = await enrolled(2)
  const [gone, stays] = world.agents
  const list = () => world.stores.revocationLists.find(world.authority.fingerprint)
  const before = (await until(list)).number
  await world.revoke(world.certificate_ids.slice(0, 1))
  await wait(2500)
  assert.equal((await list())?.number, before, 'whoever revoked it has a while for that')
  await world.stores.hosts.update(stays!.host_id, { status: 'healthy' })
  world.pass(6000)
  const after = await until(async () => ((await list())!.number > before ? list() : undefined))
  assert.ok(isOn(after.bytes, gone!.serial))
  await until(() => stays!.asked.filter((line) => line.includes('config/reload'))[0])
  await wait(2500)
  assert.equal((await list())?.number, after.number)
})
