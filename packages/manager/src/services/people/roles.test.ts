import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissions, type Permission } from '@linux-patch/shared/permissions'
import { engines } from '../../db/engines.test.kit.ts'
import { knock } from '../../http/socket.test.kit.ts'
import { managerOn } from '../../start/manager-on.test.kit.ts'
import { manager } from '../../start/manager.test.kit.ts'

const helpdesk: Permission[] = ['user:read', 'user:write', 'user:reset_password', 'role:assign']
const readers = { name: 'readers', permissions: ['host:read'] as Permission[], scoped: false }
const beyond = (error: { code?: string; details?: { reason?: string } }) =>
  error.code === 'forbidden_role' && error.details?.reason === 'beyond_own_rights'

test('the built-in roles come first, and every permission is listed', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.createRole({ ...readers, description: 'They read.' })
  await world.person('readers')
  const told = await admin.listRoles()
  assert.deepEqual(
    told.roles.map(({ name, built_in, user_count }) => [name, built_in, user_count]),
    [
      ['admin', true, 1],
      ['operator', true, 0],
      ['auditor', true, 0],
      ['viewer', true, 0],
      ['readers', false, 1],
    ],
  )
  assert.deepEqual(
    told.permissions.map(({ name }) => name),
    permissions,
  )
  const said = (name: Permission) => told.permissions.find((one) => one.name === name)
  const about = { dangerous: true, everywhere: false, own: false, for_tokens: false }
  assert.deepEqual(said('token:create'), { name: 'token:create', ...about })
})

test('a role that was made here lets its holders do that, and what everybody may', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.createRole({ ...readers, permissions: ['host:read', 'host:read', 'self:mfa'] })
  const { token } = await world.person('readers')
  assert.equal((await world.as(token).listHosts()).total, 0)
  await assert.rejects(world.as(token).listGroups(), { code: 'forbidden_role' })
  const me = await world.as(token).getMe()
  assert.ok(me.permissions.includes('self:password') && !me.scoped)
  const [role] = (await admin.listRoles()).roles.slice(-1)
  assert.deepEqual(role?.permissions, ['host:read'])
})

test('a name is taken once, is no other role of this program, and looks like a name', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.createRole(readers)
  await assert.rejects(admin.createRole(readers), { code: 'conflict' })
  for (const name of ['admin', 'viewer']) {
    await assert.rejects(admin.createRole({ ...readers, name }), { code: 'conflict' })
    await assert.rejects(admin.changeRole({ name, scoped: false }), { code: 'conflict' })
    await assert.rejects(admin.removeRole({ name }), { code: 'conflict' })
  }
  for (const name of ['', 'Readers', 'a b', '-a', '1a', '__proto__', 'a'.repeat(51)])
    await assert.rejects(admin.createRole({ ...readers, name }), { code: 'invalid_request' })
  for (const name of ['constructor', 'none']) {
    await assert.rejects(admin.changeRole({ name, scoped: true }), { code: 'not_found' })
    await assert.rejects(admin.removeRole({ name }), { code: 'not_found' })
  }
})

test('what a role becomes counts from the next request, and closes the open page', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.createRole({ ...readers, permissions: ['host:read', 'job:read'] })
  const { id, username, password } = await world.person('readers')
  const { access_token, refresh_token } = await world.as().login({ username, password })
  const { ticket } = await world.as(access_token).createTicket()
  using page = await knock(world, { ticket })
  await admin.changeRole({ name: 'readers', description: 'Of no matter.' })
  await world.as(access_token).listHosts()
  await admin.changeRole({ name: 'readers', permissions: ['group:read'] })
  assert.equal(await page.closed, 4401)
  await assert.rejects(world.as(access_token).listHosts(), { code: 'unauthorized' })
  const renewed = await world.as().refresh({ refresh_token })
  await assert.rejects(world.as(renewed.access_token).listHosts(), { code: 'forbidden_role' })
  await world.as(renewed.access_token).listGroups()
  assert.equal((await admin.getUser({ id })).role, 'readers')
})

test('a role that somebody has, or that the settings name, is not removed', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.createRole(readers)
  const { id } = await world.person('readers')
  const blocked = (users: number, settings: number) => ({
    code: 'blocked_by_dependencies',
    details: { dependencies: { users, settings } },
  })
  const removing = async () => {
    try {
      return await admin.removeRole({ name: 'readers' })
    } catch (error) {
      const { code, details } = error as { code: string; details: Record<string, unknown> }
      return { code, details: { dependencies: details['dependencies'] } }
    }
  }
  assert.deepEqual(await removing(), blocked(1, 0))
  await admin.changeUser({ id, role: 'viewer' })
  await admin.changeSettings({ security: { mfa_required_roles: ['readers'] } })
  assert.deepEqual(await removing(), blocked(0, 1))
  await admin.changeSettings({ security: { mfa_required_roles: [] } })
  assert.equal(await removing(), undefined)
})

test('the role that everybody gets by single sign-on does not come to change the settings', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.createRole({ name: 'newcomers', permissions: ['settings:read'], scoped: false })
  await admin.changeSettings({ oidc: { default_role: 'newcomers' } })
  const more = {
    name: 'newcomers',
    permissions: ['settings:read', 'settings:write'] as Permission[],
  }
  await assert.rejects(admin.changeRole(more), { code: 'conflict' })
  await admin.changeSettings({ oidc: { default_role: null } })
  await admin.changeRole(more)
})

test('nobody makes or changes a role into one that may do more than he may', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const roles: Permission[] = ['role:read', 'role:write', 'host:read']
  await admin.createRole({ name: 'keepers', permissions: roles, scoped: false })
  await admin.createRole(readers)
  await admin.createRole({ name: 'more', permissions: ['job:reboot'], scoped: true })
  const keeper = world.as((await world.person('keepers')).token)
  const permissions: Permission[] = ['host:write']
  await assert.rejects(keeper.createRole({ name: 'x', permissions, scoped: true }), beyond)
  await assert.rejects(keeper.changeRole({ name: 'readers', permissions }), beyond)
  await assert.rejects(keeper.changeRole({ name: 'keepers', permissions }), beyond)
  await assert.rejects(keeper.changeRole({ name: 'more', permissions: [] }), beyond)
  await assert.rejects(keeper.removeRole({ name: 'more' }), beyond)
  await keeper.changeRole({ name: 'readers', permissions: ['role:read'] })
  await keeper.removeRole({ name: 'readers' })
})

test('a role for the hosts of some groups has nothing that reaches past them', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const useless = { code: 'invalid_request', message: /: user:write\.$/ }
  const permissions: Permission[] = ['user:write', 'host:read']
  await assert.rejects(admin.createRole({ name: 'x', permissions, scoped: true }), useless)
  await admin.createRole({ name: 'x', permissions, scoped: false })
  await assert.rejects(admin.changeRole({ name: 'x', scoped: true }), useless)
})

test('nobody makes or lays hands on a user who may do more than he may', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const permissions: Permission[] = [...helpdesk, 'user:revoke_sessions', 'host:read']
  await admin.createRole({ name: 'helpdesk', permissions, scoped: false })
  await admin.createRole({ ...readers, scoped: true })
  const desk = world.as((await world.person('helpdesk')).token)
  await assert.rejects(desk.createUser({ username: 'x', role: 'admin' }), beyond)
  await assert.rejects(desk.createUser({ username: 'x', role: 'viewer' }), beyond)
  assert.equal((await desk.listUsers({ search: 'x' })).total, 0)

  const [administrator] = (await admin.listUsers({ role: 'admin' })).users
  const operator = await world.person('operator')
  for (const { id } of [administrator!, operator]) {
    await assert.rejects(desk.changeUser({ id, display_name: 'x' }), beyond)
    await assert.rejects(desk.changeUser({ id, role: 'readers' }), beyond)
    await assert.rejects(desk.removeUser({ id }), beyond)
    await assert.rejects(desk.resetPassword({ id }), beyond)
    await assert.rejects(desk.revokeSessions({ id }), beyond)
  }
  const { id } = await desk.createUser({ username: 'y', role: 'readers' })
  await assert.rejects(desk.changeUser({ id, role: 'operator' }), beyond)
  await desk.resetPassword({ id })
  await desk.removeUser({ id })
})

test('to give a role takes a right of its own', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.createRole({ ...readers, permissions: ['user:read', 'user:write'] })
  const { id } = await admin.createUser({ username: 'ada', role: 'readers' })
  const reader = world.as((await world.person('readers')).token)
  await reader.changeUser({ id, display_name: 'Ada' })
  await assert.rejects(reader.changeUser({ id, role: 'readers' }), /role:assign/)
  await assert.rejects(reader.createUser({ username: 'x', role: 'readers' }), /role:assign/)
})

for (const engine of engines) {
  const { name, skip } = engine

  test(`${name}: a role that is given and removed at once is either`, { skip }, async () => {
    await using world = await managerOn(engine)
    const admin = world.as(await world.signIn())
    for (const round of [1, 2, 3, 4, 5]) {
      await admin.createRole(readers)
      const username = `user-${round}`
      const [made, removed] = await Promise.allSettled([
        admin.createUser({ username, role: 'readers', provider: 'oidc' }),
        admin.removeRole({ name: 'readers' }),
      ])
      assert.notEqual(made.status, removed.status)
      if (made.status === 'rejected') continue
      assert.equal((await admin.getUser({ id: made.value.id })).role, 'readers')
      await admin.removeUser({ id: made.value.id })
      await admin.removeRole({ name: 'readers' })
    }
  })
}
