import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newHost } from '../../db/samples.test.kit.ts'
import { manager } from '../../start/manager.test.kit.ts'

/** A manager with three hosts at addresses that lead nowhere, and its administrator. */
async function three() {
  const world = await manager({ settings: { hosts: { read_every_seconds: 86_400 } } })
  const ids: string[] = []
  for (const number of [1, 2, 10]) {
    const nowhere = { ip_address: `127.0.0.${number}`, agent_port: 1 }
    ids.push((await world.stores.hosts.add({ ...newHost(number), ...nowhere })).id)
  }
  return { ...world, ids, admin: world.as(await world.signIn()) }
}

test('hosts are found by name and address, and paged, with the count of all that fit', async () => {
  await using world = await three()
  const list = async (input: Parameters<typeof world.admin.listHosts>[0]) => {
    const { hosts, total, limit, offset } = await world.admin.listHosts(input)
    return [hosts.map(({ fqdn }) => fqdn), total, limit, offset]
  }
  assert.deepEqual(await list({ search: 'WEB-1' }), [
    ['web-1.example', 'web-10.example'],
    2,
    100,
    0,
  ])
  assert.deepEqual(await list({ search: '127.0.0.2' }), [['web-2.example'], 1, 100, 0])
  assert.deepEqual(await list({ limit: 1, offset: 1 }), [['web-10.example'], 3, 1, 1])
  assert.deepEqual(await list({ offset: 9 }), [[], 3, 100, 9])
  assert.deepEqual(await list({ search: '%' }), [[], 0, 100, 0])
  assert.deepEqual(await list({ status: 'healthy' }), [[], 0, 100, 0])
})

test('what is out of bounds in a list is refused, never clamped', async () => {
  await using world = await three()
  const { access_token } = await world.as().login({ username: 'admin', password: world.password })
  for (const query of [
    'limit=0',
    'limit=1001',
    'limit=ten',
    'limit=1e2',
    'offset=-1',
    'status=fine',
    'sort=os',
    'order=up',
    'search=a&search=b',
    'colour=red',
  ]) {
    const headers = { authorization: `Bearer ${access_token}` }
    const { status } = await world.ask('GET', `/api/v1/hosts?${query}`, { headers })
    assert.deepEqual([query, status], [query, 400])
  }
})

test('a host that was never read has unknown updates, and never none', async () => {
  await using world = await three()
  const { updates, pending_reboot } = await world.admin.getHost({ id: world.ids[0]! })
  assert.deepEqual(
    [updates.total, updates.security, updates.blocked, updates.state, pending_reboot],
    [null, null, null, 'unknown', null],
  )
})

test('an unknown host is not found, to look at or to read', async () => {
  await using world = await three()
  const id = '019a0000-0000-7000-8000-000000000000'
  await assert.rejects(world.admin.getHost({ id }), { code: 'not_found' })
  await assert.rejects(world.admin.refreshHost({ id }), { code: 'not_found' })
  await assert.rejects(world.admin.getHost({ id: '1' }), { code: 'invalid_request' })
})
