import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Permission } from '@linux-patch/shared/permissions'
import { engines } from '../../db/engines.test.kit.ts'
import { newHost } from '../../db/samples.test.kit.ts'
import { knock } from '../../http/socket.test.kit.ts'
import { managerOn } from '../../start/manager-on.test.kit.ts'
import { manager, type Manager } from '../../start/manager.test.kit.ts'

const DAY = 24 * 3_600_000
const nobody = '019a0000-0000-7000-8000-000000000000'
const reading = { name: 'reader', permissions: ['host:read'] as Permission[] }
const refused = (reason: string) => (error: { details?: { reason?: string } }) =>
  error.details?.reason === reason
const over = { code: 'unauthorized', message: /API token/ }

/** An operator of one of two groups, each with a host; and a host of no group. */
async function world() {
  const world = await manager()
  const admin = world.as(await world.signIn())
  const groups = [await admin.createGroup({ name: 'A' }), await admin.createGroup({ name: 'B' })]
  const hosts = []
  for (const number of [1, 2, 3]) hosts.push(await world.stores.hosts.add(newHost(number)))
  for (const [index, group] of groups.entries())
    await admin.addHostToGroup({ id: hosts[index]!.id, group_id: group.id })
  const [own, other] = groups.map(({ id }) => id) as [string, string]
  const person = await world.person('operator', { group_ids: [own] })
  return { ...world, admin, maker: person, operator: world.as(person.token), own, other }
}

const namesFor = async ({ as }: Pick<Manager, 'as'>, token: string) =>
  (await as(token).listHosts()).hosts.map(({ fqdn }) => fqdn)

test('a token is told once, and does what its maker let it, and no more', async () => {
  await using here = await world()
  const made = await here.operator.createApiToken({ ...reading, expires_in_days: 1 })
  const { token, ...listed } = made
  assert.match(token, /^lpm_[A-Za-z0-9]{46}$/)
  assert.deepEqual((await here.operator.listApiTokens()).tokens, [listed])
  assert.deepEqual(
    [listed.prefix, listed.state, listed.user.id, listed.permissions, listed.group_ids],
    [token.slice(0, 12), 'active', here.maker.id, ['host:read'], null],
  )
  assert.equal(Date.parse(listed.expires_at) - Date.parse(listed.created_at), DAY)
  const program = here.as(token)
  assert.deepEqual(await namesFor(here, token), ['web-1.example', 'web-3.example'])
  await assert.rejects(program.listGroups(), /group:read/)
  await assert.rejects(program.getMe(), /self:read/)
  for (const call of [
    () => program.listApiTokens(),
    () => program.createApiToken(reading),
    () => program.revokeApiToken({ id: made.id }),
    () => program.changeOwnPassword({ current_password: 'x', new_password: 'x' }),
  ])
    await assert.rejects(call, { code: 'forbidden_role' })
  // It has no session that could be ended.
  await assert.rejects(program.logout(), { code: 'unauthorized' })
  const kept = JSON.stringify(await here.stores.audit.list({ limit: 1000, offset: 0 }))
  assert.ok(kept.includes('api_token_create') && !kept.includes(token.slice(12)))
})

test('who sees only his groups sees no other of those that tokens of others are for', async () => {
  await using here = await world()
  const permissions: Permission[] = ['token:read']
  await here.admin.createRole({ name: 'lead', description: '', permissions, scoped: true })
  const lead = here.as((await here.person('lead', { group_ids: [here.own] })).token)
  const both = { ...reading, group_ids: [here.own, here.other] }
  const { id } = await here.admin.createApiToken(both)
  const groupsTold = async (api: typeof lead) =>
    (await api.listApiTokens({ all: true })).tokens.map((token) => [token.id, token.group_ids])
  assert.deepEqual(await groupsTold(lead), [[id, [here.own]]])
  assert.deepEqual(await groupsTold(here.admin), [[id, both.group_ids]])
})

test('a token for one group sees that one alone, and no host of no group', async () => {
  await using here = await world()
  const narrow = await here.operator.createApiToken({ ...reading, group_ids: [here.own] })
  assert.deepEqual(await namesFor(here, narrow.token), ['web-1.example'])
  const wide = await here.admin.createApiToken({ ...reading, group_ids: [here.other] })
  assert.deepEqual(await namesFor(here, wide.token), ['web-2.example'])
  await assert.rejects(here.operator.createApiToken({ ...reading, group_ids: [here.other] }), {
    code: 'not_found',
  })
  await assert.rejects(here.admin.createApiToken({ ...reading, group_ids: [nobody] }), {
    code: 'not_found',
  })
  await assert.rejects(here.admin.createApiToken({ ...reading, group_ids: [] }), {
    code: 'invalid_request',
  })
  await here.admin.changeUser({ id: here.maker.id, group_ids: [here.other] })
  assert.deepEqual(await namesFor(here, narrow.token), [])
})

test('nobody gives a token what he has not, what is his alone, or what it could not use', async () => {
  await using here = await world()
  const asked = (permissions: string[], group_ids: string[] | null = null) =>
    here.admin.createApiToken({ name: 'x', permissions: permissions as Permission[], group_ids })
  await assert.rejects(
    here.operator.createApiToken({ name: 'x', permissions: ['host:read', 'user:read'] }),
    refused('beyond_own_rights'),
  )
  for (const never of ['self:password', 'self:mfa', 'self:sessions', 'self:tokens', 'token:create'])
    await assert.rejects(asked([never]), refused('not_for_tokens'))
  await assert.rejects(asked(['user:write'], [here.own]), refused('everywhere'))
  for (const wrong of [[], ['root'], ['__proto__']])
    await assert.rejects(asked(wrong), { code: 'invalid_request' })
  for (const days of [0, 366, 1.5])
    await assert.rejects(here.admin.createApiToken({ ...reading, expires_in_days: days }), {
      code: 'invalid_request',
    })
  const viewer = here.as((await here.person('viewer')).token)
  await assert.rejects(viewer.createApiToken(reading), /token:create/)
})

test('monitoring:read stands for all that its maker may read', async () => {
  await using here = await world()
  const { permissions, token } = await here.operator.createApiToken({
    name: 'monitoring',
    permissions: ['monitoring:read', 'job:create'],
  })
  assert.ok(permissions.includes('host:read') && permissions.includes('job:create'))
  assert.ok(!permissions.includes('user:read'))
  assert.deepEqual(
    permissions.filter((one) => !one.endsWith(':read')),
    ['job:create'],
  )
  assert.equal((await here.as(token).getMe()).id, here.maker.id)
})

/** What ends a token, or takes from it, at once. */
const ends: Record<string, (here: Awaited<ReturnType<typeof world>>, id: string) => unknown> = {
  'its maker revokes it': ({ operator }, id) => operator.revokeApiToken({ id }),
  'somebody revokes it who may': ({ admin }, id) => admin.revokeApiToken({ id }),
  'its maker is disabled': ({ admin, maker }) =>
    admin.changeUser({ id: maker.id, is_active: false }),
  'its maker is removed': ({ admin, maker }) => admin.removeUser({ id: maker.id }),
  'all that its maker has is revoked': ({ admin, maker }) =>
    admin.revokeSessions({ id: maker.id, tokens: true }),
  'its time is over': async ({ pass }) => pass(91 * DAY),
}
for (const [when, end] of Object.entries(ends))
  test(`when ${when}, it opens nothing any more, and its socket is closed`, async () => {
    await using here = await world()
    const permissions: Permission[] = ['host:read', 'job:read']
    const { id, token } = await here.operator.createApiToken({ name: 'x', permissions })
    const { ticket } = await here.as(token).createTicket()
    using open = await knock(here, { ticket })
    assert.equal(open.status, 101)
    const { ticket: late } = await here.as(token).createTicket()
    await end(here, id)
    await assert.rejects(here.as(token).listHosts(), over)
    if (when !== 'its time is over') assert.equal(await open.closed, 4401)
    using refusedOne = await knock(here, { ticket: late })
    assert.equal(refusedOne.status, 401)
  })

test('the end of all sessions leaves the tokens, and a password to be changed makes them wait', async () => {
  await using here = await world()
  const { token } = await here.operator.createApiToken(reading)
  const { id } = here.maker
  await here.admin.revokeSessions({ id })
  await here.as(token).listHosts()
  await here.admin.resetPassword({ id })
  await assert.rejects(here.as(token).listHosts(), { code: 'password_reset_required' })
})

test('what its maker may no longer, it may not either', async () => {
  await using here = await world()
  const permissions: Permission[] = ['host:read', 'host:write']
  const { token } = await here.operator.createApiToken({ name: 'x', permissions })
  const { hosts } = await here.as(token).listHosts()
  const { id } = hosts[0]!
  await here.as(token).changeHost({ id, notes: 'by a program' })
  await here.admin.changeUser({ id: here.maker.id, role: 'viewer' })
  await assert.rejects(here.as(token).changeHost({ id, notes: 'x' }), /host:write/)
  await here.as(token).listHosts()
})

test('what a token does is on record under its maker, with the token', async () => {
  await using here = await world()
  const permissions: Permission[] = ['host:read', 'host:write']
  const made = await here.operator.createApiToken({ name: 'x', permissions })
  const [host] = (await here.as(made.token).listHosts()).hosts
  await here.as(made.token).changeHost({ id: host!.id, notes: 'x' })
  await assert.rejects(here.as(made.token).listGroups())
  const entries = (await here.stores.audit.list({ limit: 1000, offset: 0 })).slice(-2)
  assert.deepEqual(
    entries.map(({ action, actor_id, details }) => [action, actor_id, details['token_id']]),
    [
      ['host_change', here.maker.id, made.id],
      ['permission_refused', here.maker.id, made.id],
    ],
  )
})

test('others see and revoke only their own, unless they may all', async () => {
  await using here = await world()
  const { id } = await here.operator.createApiToken(reading)
  const other = here.as((await here.person('operator')).token)
  assert.equal((await other.listApiTokens()).total, 0)
  await assert.rejects(other.listApiTokens({ all: true }), /token:read/)
  await assert.rejects(other.revokeApiToken({ id }), { code: 'not_found' })
  await assert.rejects(here.admin.revokeApiToken({ id: nobody }), { code: 'not_found' })
  assert.equal((await here.admin.listApiTokens()).total, 0)
  const all = await here.admin.listApiTokens({ all: true })
  assert.deepEqual(
    all.tokens.map(({ user }) => user.username),
    [here.maker.username],
  )
})

test('its last use is known to the minute', async () => {
  await using here = await world()
  const { token } = await here.operator.createApiToken(reading)
  const used = async () => {
    await here.as(token, { from: '127.0.9.9' }).listHosts()
    const [row] = (await here.stores.apiTokens.list({ limit: 1, offset: 0 })).rows
    return row
  }
  const first = await used()
  assert.equal(first?.last_used_ip, '127.0.9.9')
  assert.deepEqual(await used(), first)
  here.pass(60_000)
  assert.notEqual((await used())?.last_used_at, first?.last_used_at)
})

for (const engine of engines) {
  const { name, skip } = engine

  test(`${name}: of 20 who revoke a token at once, it is on record once`, { skip }, async () => {
    await using here = await managerOn(engine)
    const admin = here.as(await here.signIn())
    const { id, token } = await admin.createApiToken({ ...reading, group_ids: null })
    await Promise.all(Array.from({ length: 20 }, () => here.as(token).listHosts()))
    await Promise.all(Array.from({ length: 20 }, () => admin.revokeApiToken({ id })))
    const entries = await here.stores.audit.list({ limit: 1000, offset: 0 })
    const revoked = entries.filter(({ action }) => action === 'api_token_revoke')
    assert.equal(revoked.length, 1)
    await assert.rejects(here.as(token).listHosts(), over)
    assert.equal((await admin.listApiTokens()).tokens[0]?.state, 'revoked')
  })
}
