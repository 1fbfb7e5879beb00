import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addJob, newHost } from '../../db/samples.test.kit.ts'
import { certificateIn, gate, type Gate } from '../enrollment/enrollment.test.kit.ts'

const nobody = '019a0000-0000-7000-8000-000000000000'
const entered = { fqdn: 'db.example', ip_address: '192.0.2.7' }

/** A host that enrolled, and its certificate's number. */
async function managed(world: Gate, number = 1) {
  const { token, confirmed } = await world.enroll(number)
  const host = await world.admin.approveEnrollment(confirmed)
  const { serialNumber } = certificateIn(await world.status(token))
  return { ...host, serialNumber }
}

const statusOf = async (world: Gate, serial: string) => {
  const { status, revocation_reason } = (await world.stores.certificates.findBySerial(serial)) ?? {}
  return [status, revocation_reason]
}

test('a host that somebody enters is there, and what is not known of it is not made up', async () => {
  await using world = await gate()
  const group = await world.admin.createGroup({ name: 'Databases' })
  const host = await world.admin.addHost({
    ...entered,
    group_ids: [group.id],
    tags: ['tier 1'],
    notes: 'In the cellar.',
  })
  assert.deepEqual(
    [host.name, host.status, host.machine_id, host.os, host.key_fingerprint],
    ['db.example', 'pending', null, null, null],
  )
  assert.deepEqual(
    [host.tags, host.notes, host.groups.map(({ name }) => name), host.certificate_not_after],
    [['tier 1'], 'In the cellar.', ['Databases'], null],
  )
  // Of a second one the machine id is as little known.
  await world.admin.addHost({ fqdn: 'other.example', ip_address: '192.0.2.8' })
})

test('one that is known is not entered again, by whatever it is known', async () => {
  await using world = await gate()
  const known = await managed(world)
  for (const same of [
    { ...entered, fqdn: 'WEB-1.example' },
    { ...entered, ip_address: '192.0.2.1' },
    { ...entered, machine_id: '1'.padStart(32, '0') },
  ])
    await assert.rejects(world.admin.addHost(same), (error: Record<string, unknown>) => {
      const { conflict } = error['details'] as Record<string, unknown>
      assert.deepEqual(
        [error['code'], conflict],
        ['conflict', { host: { id: known.id, name: known.name } }],
      )
      return true
    })
  const wrong = [{ fqdn: 'a b' }, { ip_address: 'db' }, { agent_port: 0 }, { machine_id: 'x' }]
  for (const more of wrong)
    await assert.rejects(world.admin.addHost({ ...entered, ...more }), { code: 'invalid_request' })
})

test('a host that was entered and then enrols is that host, if the approver says so', async () => {
  await using world = await gate()
  const { id } = await world.admin.addHost({ fqdn: 'web-1.example', ip_address: '192.0.2.9' })
  const { confirmed } = await world.enroll(1)
  await assert.rejects(world.admin.approveEnrollment(confirmed), { code: 'conflict' })
  const host = await world.admin.approveEnrollment({ ...confirmed, on_conflict: 'merge' })
  assert.deepEqual([host.id, host.machine_id], [id, '1'.padStart(32, '0')])
})

test('what people say of a host can be changed, and what is left out stays', async () => {
  await using world = await gate()
  const { id } = await world.admin.addHost({ ...entered, notes: 'Old.' })
  const changed = await world.admin.changeHost({ id, display_name: 'Till', tags: ['shop', 'till'] })
  assert.deepEqual(
    [changed.name, changed.tags, changed.notes, changed.agent_port],
    ['Till', ['shop', 'till'], 'Old.', 12443],
  )
  const moved = await world.admin.changeHost({ id, ip_address: '192.0.2.70', agent_port: 22443 })
  assert.deepEqual([moved.ip_address, moved.agent_port], ['192.0.2.70', 22443])
  const other = await managed(world)
  await assert.rejects(world.admin.changeHost({ id, ip_address: other.ip_address }), {
    code: 'conflict',
  })
  await assert.rejects(world.admin.changeHost({ id: nobody }), { code: 'not_found' })
  await assert.rejects(world.admin.changeHost({ id, tags: [''] }), { code: 'invalid_request' })
})

test('a host that is let go leaves with its certificate, and what is known of it stays', async () => {
  await using world = await gate()
  const { id, serialNumber } = await managed(world)
  await world.admin.retireHost({ id, reason: 'Sold.' })
  await world.admin.retireHost({ id })
  assert.deepEqual(await statusOf(world, serialNumber), ['revoked', 'cessationOfOperation'])
  assert.equal((await world.admin.listHosts()).total, 0)
  const [left] = (await world.admin.listHosts({ retired: true })).hosts
  assert.deepEqual([left?.id, left?.retired_reason], [id, 'Sold.'])
  assert.equal((await world.admin.getHost({ id })).retired_at, left?.retired_at)
  await assert.rejects(world.admin.changeHost({ id, notes: 'x' }), { code: 'conflict' })
  await assert.rejects(world.admin.retireHost({ id: nobody }), { code: 'not_found' })

  const entries = await world.audit()
  const retired = entries.filter(({ action }) => action === 'host_retire')
  assert.deepEqual(
    retired.map(({ actor_name, details }) => [actor_name, details['reason'], details['revoked']]),
    [['admin', 'Sold.', 1]],
  )
})

test('a host with jobs that have not ended stays, unless somebody says why it must go', async () => {
  await using world = await gate()
  const { id } = await world.stores.hosts.add({ ...newHost(1), ip_address: '192.0.2.99' })
  await addJob(world.stores, [id])
  await assert.rejects(world.admin.retireHost({ id }), {
    code: 'blocked_by_dependencies',
    message: /^web-1\.example has 1 job that has not ended/,
  })
  const answer = await world.ask('DELETE', `/api/v1/hosts/${id}`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  assert.equal(answer.status, 409)
  assert.deepEqual(JSON.parse(answer.body).error.details.dependencies, { jobs: 1 })
  await assert.rejects(world.admin.retireHost({ id, force: true }), { code: 'invalid_request' })
  await world.admin.retireHost({ id, force: true, reason: 'It burnt.' })
  assert.equal((await world.admin.listHosts()).total, 0)
})

test('a host that was let go may enrol again, as a new one, with a new key', async () => {
  await using world = await gate()
  const { id } = await managed(world)
  await world.admin.retireHost({ id })
  const { confirmed } = await world.enroll(1)
  const host = await world.admin.approveEnrollment(confirmed)
  assert.notEqual(host.id, id)
})
