import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newHost } from '../../db/samples.test.kit.ts'
import { manager } from '../../start/manager.test.kit.ts'

const nobody = '019a0000-0000-7000-8000-000000000000'

test('hosts go into groups and out, as often as one likes, and it is on record', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const { id } = await world.stores.hosts.add(newHost(1))
  const group = await admin.createGroup({ name: ' Web ', description: 'In front' })
  assert.deepEqual([group.name, group.host_count], ['Web', 0])
  const member = { id, group_id: group.id }
  for (const _again of [1, 2]) await admin.addHostToGroup(member)
  assert.deepEqual((await admin.getHost({ id })).groups, [{ id: group.id, name: 'Web' }])
  assert.deepEqual((await admin.listGroups()).groups, [{ ...group, host_count: 1 }])
  for (const _again of [1, 2]) await admin.removeHostFromGroup(member)
  assert.deepEqual((await admin.getHost({ id })).groups, [])

  const entries = await world.stores.audit.list({ limit: 100, offset: 0 })
  assert.deepEqual(
    entries.filter(({ target_type }) => target_type === 'group').map(({ action }) => action),
    ['group_create', 'group_host_add', 'group_host_add', 'group_host_remove', 'group_host_remove'],
  )
})

test('a group has a name of its own, without line breaks', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.createGroup({ name: 'Web' })
  await assert.rejects(admin.createGroup({ name: 'WEB' }), { code: 'conflict' })
  for (const name of ['', ' ', 'a\nb', 'x'.repeat(101)])
    await assert.rejects(admin.createGroup({ name }), { code: 'invalid_request' })
})

test('neither a host nor a group that is not there is found', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const { id } = await world.stores.hosts.add(newHost(1))
  const group = await admin.createGroup({ name: 'Web' })
  await assert.rejects(admin.addHostToGroup({ id, group_id: nobody }), { code: 'not_found' })
  await assert.rejects(admin.addHostToGroup({ id: nobody, group_id: group.id }), {
    code: 'not_found',
  })
})
