import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import { knock } from './socket.test.kit.ts'

type Change = (admin: ReturnType<Manager['as']>, id: string, group_id: string) => Promise<unknown>

/** What makes somebody's rights others than they were. */
const changes: Record<string, Change> = {
  'another role': (admin, id) => admin.changeUser({ id, role: 'viewer' }),
  'another group': (admin, id, group) => admin.changeUser({ id, group_ids: [group] }),
  'being disabled': (admin, id) => admin.changeUser({ id, is_active: false }),
  'being removed': (admin, id) => admin.removeUser({ id }),
  'another password': (admin, id) => admin.resetPassword({ id }),
  'the end of all sessions': (admin, id) => admin.revokeSessions({ id }),
}
/** After these the session itself goes on, with other rights. */
const goesOn = ['another role', 'another group']

for (const [what, change] of Object.entries(changes))
  test(`${what} counts from the next request, and closes the open page`, async () => {
    await using world = await manager()
    const admin = world.as(await world.signIn())
    const group = await admin.createGroup({ name: 'Web' })
    const { id, username, password } = await world.person('operator')
    const { access_token, refresh_token } = await world.as().login({ username, password })
    const { ticket } = await world.as(access_token).createTicket()
    using page = await knock(world, { ticket })
    assert.equal(page.status, 101)
    const { ticket: early } = await world.as(access_token).createTicket()

    await change(admin, id, group.id)
    await assert.rejects(world.as(access_token).listHosts(), { code: 'unauthorized' })
    assert.equal(await page.closed, 4401)
    if (goesOn.includes(what)) {
      const { user } = await world.as().refresh({ refresh_token })
      assert.equal(user.permissions.includes('job:create'), what === 'another group')
    } else {
      await assert.rejects(world.as().refresh({ refresh_token }), { code: 'unauthorized' })
      using late = await knock(world, { ticket: early })
      assert.equal(late.status, 401)
    }
  })

test('a program hears no more once its owner has to change his password, at another manager too', async () => {
  await using world = await manager()
  const { id, token } = await world.person('admin')
  const api = { name: 'dashboard', permissions: ['job:read' as const], expires_in_days: 1 }
  const made = await world.as(token).createApiToken({ ...api, group_ids: null })
  const { ticket } = await world.as(made.token).createTicket()
  using page = await knock(world, { ticket })
  assert.equal(page.status, 101)
  // Nobody tells this manager: it looks.
  await world.stores.accounts.givePassword(id, (await world.stores.users.get(id)).password_hash)
  await assert.rejects(world.as(made.token).listJobs(), { code: 'password_reset_required' })
  assert.equal(await page.closed, 4401)
})
