import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { placeOf, type Endpoint } from '@linux-patch/shared/contract'
import { managerApi } from '@linux-patch/shared/manager-api'
import { fleet, type Fleet } from '../orchestration/fleet.test.kit.ts'
import { bearer } from './asker.test.kit.ts'
import { recorded, unrecorded } from './changes.test.kit.ts'

let world: Fleet
before(async () => void (world = await fleet()))
after(() => world[Symbol.asyncDispose]())
const all = () => world.stores.audit.list({ limit: 10_000, offset: 0 })

test('whatever can change something is in one of the two lists', () => {
  const changing = Object.entries<Endpoint>(managerApi)
    .filter(([, endpoint]) => placeOf(endpoint).method !== 'GET')
    .map(([name]) => name)
  const listed = new Set([...Object.keys(recorded), ...Object.keys(unrecorded)])
  assert.deepEqual(
    changing.filter((name) => !listed.has(name)),
    [],
  )
})

for (const [name, [action, act]] of Object.entries(recorded))
  test(`${name} is on record as ${action}, without what is secret`, async () => {
    const before = (await all()).length
    const secrets = (await act(world)) ?? []
    const entries = (await all()).slice(before)
    const entry = entries.findLast((one) => one.action === action)
    assert.ok(entry, `on record: ${entries.map(({ action }) => action).join(', ')}`)
    assert.deepEqual([entry.outcome, entry.ip], ['success', '127.0.0.1'])
    assert.ok(entry.request_id)
    for (const secret of secrets)
      assert.ok(!secret || !JSON.stringify(entries).includes(secret), 'a secret is on record')
  })

test('whoever reaches beyond his groups is on record, with what he reached for', async () => {
  const { token } = await world.person('operator')
  const group = await world.admin.createGroup({ name: 'not his', description: '' })
  const [id] = world.host_ids
  await world.admin.addHostToGroup({ id: id!, group_id: group.id })
  const body = JSON.stringify({ kind: 'patch_apply', host_ids: [id] })
  const { code } = await world.ask('POST', '/api/v1/jobs', { headers: bearer(token), body })
  assert.equal(code, 'forbidden_scope')
  const entry = (await all()).at(-1)
  assert.deepEqual(
    [entry?.action, entry?.target_id, entry?.outcome],
    ['permission_refused', 'job:create', 'refused'],
  )
  assert.ok(JSON.stringify(entry?.details).includes(id!))
})

test('whoever reaches for more rights than his own is on record, with which', async () => {
  const permissions = ['user:write', 'role:assign'] as const
  await world.admin.createRole({ name: 'registrar', permissions: [...permissions], scoped: false })
  const { id, token } = await world.person('registrar')
  const wanted = { username: 'a-friend', role: 'admin' }
  await assert.rejects(world.as(token).createUser(wanted), { code: 'forbidden_role' })
  const entry = (await all()).at(-1)
  assert.deepEqual(
    [entry?.action, entry?.actor_id, entry?.target_id, entry?.outcome],
    ['permission_refused', id, 'user:write', 'refused'],
  )
  assert.equal(entry?.details['reason'], 'beyond_own_rights')
})

test('a session whose token somebody offers again is on record', async () => {
  const { id, username, password } = await world.person('viewer')
  const { refresh_token } = await world.as().login({ username, password })
  await world.as().refresh({ refresh_token })
  world.pass(60_000)
  await assert.rejects(world.as().refresh({ refresh_token }), { code: 'unauthorized' })
  const entry = (await all()).at(-1)
  assert.deepEqual([entry?.action, entry?.target_id], ['session_reuse', id])
})
