import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import type { SocketMessage } from '@linux-patch/shared/live'
import { addHosts, at } from '../db/samples.test.kit.ts'
import { until } from '../orchestration/fleet.test.kit.ts'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import { knock } from './socket.test.kit.ts'

const job_id = '019a0000-0000-7000-8000-00000000000b'

const logOf = (host_id: string, message: string): SocketMessage => ({
  type: 'job_log',
  payload: { timestamp: at(0), level: 'info', message, job_id, host_id },
})
/** But for hosts, which the manager looks for meanwhile. */
const wordsOf = (heard: unknown[]) =>
  (heard as SocketMessage[])
    .map(({ payload }) =>
      'what' in payload
        ? payload.what
        : 'message' in payload
          ? payload.message
          : `at ${payload.progress_percent}`,
    )
    .filter((word) => word !== 'hosts')

/** `own` is in a group of somebody's, `other` in another one, `free` in none. */
async function divided(world: Manager) {
  const { stores } = world
  const [own = '', other = '', free = ''] = await addHosts(stores, 3)
  const group = await stores.groups.add({ name: 'Own', description: '', created_at: at(0) })
  const foreign = await stores.groups.add({ name: 'Other', description: '', created_at: at(0) })
  await stores.groups.addHost(own, [group.id])
  await stores.groups.addHost(other, [foreign.id])
  return { own, other, free, group, foreign }
}

async function pageOf(world: Manager, token: string) {
  const { ticket } = await world.as(token).createTicket()
  return knock(world, { ticket })
}

test('a page hears of the hosts that its person sees, in order, and of what he may read', async () => {
  await using world = await manager()
  const { own, other, free, group } = await divided(world)
  const operator = await world.person('operator', { group_ids: [group.id] })
  using scoped = await pageOf(world, operator.token)
  using whole = await pageOf(world, await world.signIn())
  for (const host of [own, other, free]) world.live.tell(logOf(host, host))
  world.live.tell({
    type: 'job_host_status',
    payload: { job_id, host_id: other, status: 'running', progress_percent: 1, message: 'secret' },
  })
  world.live.tell({
    type: 'job_status',
    payload: { job_id, host_id: other, status: 'running', progress_percent: 1 },
  })
  world.live.tell({
    type: 'job_status',
    payload: { job_id, host_id: own, status: 'running', progress_percent: 2 },
  })
  world.live.changed('enrollments')
  world.live.changed('jobs')
  await until(() => wordsOf(whole.heard).includes('jobs') || undefined)
  await until(() => wordsOf(scoped.heard).includes('jobs') || undefined)
  assert.deepEqual(wordsOf(scoped.heard), [own, free, 'at 2', 'jobs'])
  const all = [own, other, free, 'secret', 'at 1', 'at 2', 'enrollments', 'jobs']
  assert.deepEqual(wordsOf(whole.heard), all)
})

test('an open page follows the groups of its person and of the hosts within two seconds', async () => {
  await using world = await manager()
  const { own, other, group, foreign } = await divided(world)
  const operator = await world.person('operator', { group_ids: [group.id] })
  using page = await pageOf(world, operator.token)
  world.live.tell(logOf(other, 'too early'))
  world.live.tell(logOf(own, 'before'))
  await until(() => wordsOf(page.heard).length > 0 || undefined)
  await world.stores.groups.addUser(operator.id, foreign.id)
  await wait(2000)
  world.live.tell(logOf(other, 'mine now'))
  await world.stores.groups.removeHost(own, group.id)
  await world.stores.groups.addHost(own, [
    (await world.stores.groups.add({ name: 'Third', description: '', created_at: at(0) })).id,
  ])
  await wait(2000)
  world.live.tell(logOf(own, 'not mine any more'))
  world.live.changed('certificates')
  await until(() => wordsOf(page.heard).includes('certificates') || undefined)
  assert.deepEqual(wordsOf(page.heard), ['before', 'mine now', 'certificates'])
})

test('a page is closed within two seconds once its person may not sign in any more', async () => {
  await using world = await manager()
  const { id, token } = await world.person('viewer')
  using page = await pageOf(world, token)
  // As another manager would: this one tells its own pages at once.
  await world.stores.accounts.change(id, { is_active: false })
  assert.equal(await Promise.race([page.closed, wait(5000, 'still open')]), 4401)
})

test('a ticket is worth nothing once its person has another password, or may not sign in', async () => {
  await using world = await manager()
  const { accounts, users } = world.stores
  const worthless = async (change: (id: string) => Promise<unknown>) => {
    const { id, token } = await world.person('viewer')
    const { ticket } = await world.as(token).createTicket()
    await change(id)
    return (await knock(world, { ticket })).status
  }
  assert.equal(await worthless((id) => users.setPassword(id, 'another')), 401)
  assert.equal(await worthless((id) => accounts.change(id, { is_active: false })), 401)
  assert.equal(await worthless(() => Promise.resolve()), 101)
})
