import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bearer } from '../../http/asker.test.kit.ts'
import { manager, type Manager } from '../../start/manager.test.kit.ts'

const nobody = '019a0000-0000-7000-8000-000000000000'
const refused = (reason: string) => (error: { details?: { reason?: string } }) =>
  error.details?.reason === reason
const actions = async (world: Manager) =>
  (await world.stores.audit.list({ limit: 1000, offset: 0 })).map(({ action }) => action)

test('a user is made with a password that is told once, and has to change it', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const group = await admin.createGroup({ name: 'Web' })
  const made = await admin.createUser({
    username: 'Ada',
    display_name: 'Ada L.',
    email: 'ada@example.com',
    role: 'operator',
    group_ids: [group.id],
  })
  assert.match(made.password ?? '', /^\w{24}$/)
  const { password, ...account } = made
  assert.deepEqual(account, {
    id: made.id,
    username: 'Ada',
    display_name: 'Ada L.',
    email: 'ada@example.com',
    role: 'operator',
    is_active: true,
    provider: 'local',
    groups: [{ id: group.id, name: 'Web' }],
    password_reset_required: true,
    mfa_enabled: false,
    created_at: made.created_at,
    last_sign_in_at: null,
    locked_until: null,
  })
  assert.deepEqual(await admin.getUser({ id: made.id }), account)

  const { access_token } = await world.as().login({ username: 'ada', password: password ?? '' })
  await assert.rejects(world.as(access_token).listHosts(), { code: 'password_reset_required' })
  const everything = JSON.stringify(await world.stores.audit.list({ limit: 100, offset: 0 }))
  assert.ok(!everything.includes(password ?? '?'))
})

test('a password that others choose keeps to the rules of all passwords', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const easy = { code: 'invalid_request', message: /^The new password is easy to guess/ }
  const ada = { username: 'ada', role: 'viewer' }
  await assert.rejects(admin.createUser({ ...ada, password: 'password1234' }), easy)
  const made = await admin.createUser({ ...ada, password: 'heron-lattice-quarry-9' })
  assert.equal(made.password, null)
  const { id } = made
  await assert.rejects(admin.resetPassword({ id, password: 'password1234' }), easy)
  await assert.rejects(admin.resetPassword({ id, password: 'heron-lattice-quarry-9' }), /old one/)
  assert.match((await admin.resetPassword({ id })).password ?? '', /^\w{24}$/)
})

test('a user of another system has no password here', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const sso = { username: 'sso', role: 'viewer', provider: 'oidc' as const }
  await assert.rejects(admin.createUser({ ...sso, password: 'correct horse battery' }), {
    code: 'invalid_request',
  })
  const made = await admin.createUser(sso)
  assert.deepEqual([made.password, made.password_reset_required], [null, false])
  await assert.rejects(admin.resetPassword({ id: made.id }), refused('no_password'))
})

test('a name or an address is taken once, whatever its capitals', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const ada = { username: 'ada', role: 'viewer', email: 'ada@example.com' }
  await admin.createUser(ada)
  const more = { role: 'viewer', username: 'eve' }
  await assert.rejects(admin.createUser({ ...ada, username: 'ADA' }), /called ADA/)
  const taken = { code: 'conflict', message: /address/ }
  await assert.rejects(admin.createUser({ ...more, email: 'ADA@example.com' }), taken)
  const { id } = await admin.createUser(more)
  await assert.rejects(admin.changeUser({ id, email: 'ada@Example.com' }), taken)
})

test('users are found by a part of a name, by role and by whether they may come in', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const { id } = await admin.createUser({ username: 'b_b', role: 'viewer', display_name: 'Bob' })
  await admin.createUser({ username: 'bab', role: 'auditor', email: 'x@example.com' })
  await admin.changeUser({ id, is_active: false })
  const found = async (filter: Parameters<typeof admin.listUsers>[0]) => {
    const { users, total } = await admin.listUsers(filter)
    assert.equal(users.length, total)
    return users.map(({ username }) => username)
  }
  assert.deepEqual(await found({}), ['admin', 'b_b', 'bab'])
  assert.deepEqual(await found({ search: 'b_B' }), ['b_b'])
  assert.deepEqual(await found({ search: 'bob' }), ['b_b'])
  assert.deepEqual(await found({ search: '@Example' }), ['bab'])
  assert.deepEqual(await found({ role: 'auditor' }), ['bab'])
  assert.deepEqual(await found({ is_active: false }), ['b_b'])
  const { users, total } = await admin.listUsers({ limit: 1, offset: 1 })
  assert.deepEqual([users.length, users[0]?.username, total], [1, 'b_b', 3])
})

/** What is sent beside what may be: none of it is taken. */
for (const stray of ['is_admin', 'epoch', 'password_hash', 'id', 'permissions', 'mfa_enabled'])
  test(`a user cannot be made or changed with ${stray}`, async () => {
    await using world = await manager()
    const token = await world.signIn()
    const { id } = await world.as(token).createUser({ username: 'ada', role: 'viewer' })
    const send = (method: string, path: string, body: object) =>
      world.ask(method, `/api/v1/users${path}`, {
        headers: bearer(token),
        body: JSON.stringify(body),
      })
    const made = await send('POST', '', { username: 'eve', role: 'viewer', [stray]: 1 })
    const changed = await send('PUT', `/${id}`, { display_name: 'x', [stray]: 1 })
    assert.deepEqual([made.code, changed.code], ['invalid_request', 'invalid_request'])
    assert.equal((await world.as(token).listUsers()).total, 2)
  })

test('what changes of a user is on record with what was before, and nothing where nothing does', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const { id } = await admin.createUser({ username: 'ada', role: 'viewer' })
  await admin.changeUser({ id, role: 'auditor', display_name: 'Ada' })
  await admin.changeUser({ id, role: 'auditor' })
  const entries = await world.stores.audit.list({ limit: 100, offset: 0 })
  const changes = entries.filter(({ action }) => action === 'user_change')
  assert.deepEqual(
    changes.map(({ details }) => details),
    [
      {
        username: 'ada',
        changes: {
          role: { from: 'viewer', to: 'auditor' },
          display_name: { from: '', to: 'Ada' },
        },
      },
    ],
  )
})

test('a role, a group or a user that is not there is named', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const ada = { username: 'ada', role: 'viewer' }
  const missing = { code: 'not_found' }
  await assert.rejects(admin.createUser({ ...ada, role: 'none' }), missing)
  await assert.rejects(admin.createUser({ ...ada, group_ids: [nobody] }), missing)
  assert.equal((await admin.listUsers()).total, 1)
  for (const call of [
    () => admin.getUser({ id: nobody }),
    () => admin.changeUser({ id: nobody, display_name: 'x' }),
    () => admin.removeUser({ id: nobody }),
    () => admin.resetPassword({ id: nobody }),
    () => admin.revokeSessions({ id: nobody }),
  ])
    await assert.rejects(call, missing)
})

test('who was removed is nobody any more, and what he did keeps his name', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const ada = await world.person('admin')
  const { certificate } = await world.as(ada.token).issueOperatorCertificate({ name: 'tool' })
  await world.as(ada.token).revokeCertificate({ id: certificate.id, reason: 'superseded' })
  await admin.removeUser({ id: ada.id })

  await assert.rejects(world.as(ada.token).getMe(), { code: 'unauthorized' })
  await assert.rejects(world.as().login({ username: ada.username, password: ada.password }), {
    code: 'invalid_credentials',
  })
  await assert.rejects(admin.getUser({ id: ada.id }), { code: 'not_found' })
  const kept = await admin.getCertificate({ id: certificate.id })
  assert.deepEqual([kept.issued_by, kept.revoked_by], [ada.username, ada.username])
  assert.ok((await actions(world)).includes('user_remove'))
})

test('nobody removes, disables or demotes himself, or gets past his own password', async () => {
  await using world = await manager()
  const { id, token } = await world.person('admin')
  const self = world.as(token)
  const own = refused('own_account')
  await assert.rejects(self.removeUser({ id }), own)
  await assert.rejects(self.changeUser({ id, is_active: false }), own)
  await assert.rejects(self.changeUser({ id, role: 'viewer' }), own)
  await assert.rejects(self.resetPassword({ id }), own)
  assert.equal((await self.changeUser({ id, display_name: 'Me', role: 'admin' })).role, 'admin')
})

test('the last administrator with a password stays one', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const [last] = (await admin.listUsers()).users
  const { id } = last!
  const lastOne = refused('last_administrator')
  await admin.createUser({ username: 'sso', role: 'admin', provider: 'oidc' })
  const off = await world.person('admin')
  await admin.changeUser({ id: off.id, is_active: false })
  await assert.rejects(admin.removeUser({ id }), lastOne)
  await assert.rejects(admin.changeUser({ id, is_active: false }), lastOne)
  await assert.rejects(admin.changeUser({ id, role: 'viewer' }), lastOne)
})

test('the password of somebody with more rights is not guessed by resetting it', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  const permissions = ['user:read', 'user:reset_password'] as const
  await admin.createRole({ name: 'helpdesk', permissions: [...permissions], scoped: false })
  const helper = world.as((await world.person('helpdesk')).token)
  const { id } = await admin.getMe()
  for (const password of [world.password, 'heron-lattice-quarry-9', 'password1234'])
    await assert.rejects(helper.resetPassword({ id, password }), refused('beyond_own_rights'))
})
