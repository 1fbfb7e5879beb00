import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import { bearer } from './asker.test.kit.ts'
import { knock } from './socket.test.kit.ts'

const unauthorized = { code: 'unauthorized' }
const MINUTE = 60_000

const sign = (world: Manager, sent: { from?: string; headers?: Record<string, string> } = {}) =>
  world.as(undefined, sent).login({ username: 'admin', password: world.password })

const signOut = (world: Manager, sent: { headers?: Record<string, string>; body?: string }) =>
  world.ask('POST', '/api/v1/auth/logout', { body: '{}', ...sent })

/** A page of that session that listens. */
async function listening(world: Manager, token: string) {
  const { ticket } = await world.as(token).createTicket()
  const open = await knock(world, { ticket })
  assert.equal(open.status, 101)
  return open
}

test('somebody sees where he is signed in, and which of them is this one', async () => {
  await using world = await manager()
  const office = await sign(world, { from: '127.0.0.2', headers: { 'user-agent': 'Browser/1' } })
  world.pass(MINUTE)
  const here = await sign(world, { headers: { 'user-agent': 'x'.repeat(500) } })
  world.pass(MINUTE)
  await world.as().refresh({ refresh_token: office.refresh_token })
  await world.person('viewer')
  const { sessions } = await world.as(here.access_token).listOwnSessions()
  assert.deepEqual(
    sessions.map(({ ip, user_agent, is_current }) => [ip, user_agent, is_current]),
    [
      ['127.0.0.1', 'x'.repeat(300), true],
      ['127.0.0.2', 'Browser/1', false],
    ],
  )
  const [, other] = sessions
  const used = Date.parse(other?.last_used_at ?? '') - Date.parse(other?.created_at ?? '')
  assert.ok(used >= 2 * MINUTE && used < 3 * MINUTE)
})

test('a session that is ended is over at the next request, and its page hears it at once', async () => {
  await using world = await manager()
  const [mine, other] = [await sign(world), await sign(world)]
  using page = await listening(world, other.access_token)
  const api = world.as(mine.access_token)
  const { sessions } = await api.listOwnSessions()
  const session_id = sessions.find(({ is_current }) => !is_current)?.id ?? ''
  await api.endOwnSession({ session_id })
  assert.equal(await page.closed, 4401)
  await assert.rejects(world.as(other.access_token).getMe(), unauthorized)
  const { refresh_token } = other
  await assert.rejects(world.as().refresh({ refresh_token }), unauthorized)
  assert.equal((await api.listOwnSessions()).sessions.length, 1)
})

test('all others are ended by one call, and this one goes on', async () => {
  await using world = await manager()
  const mine = await sign(world)
  const others = [await sign(world), await sign(world)]
  using page = await listening(world, mine.access_token)
  await world.as(mine.access_token).endOtherSessions()
  for (const { access_token } of others)
    await assert.rejects(world.as(access_token).getMe(), unauthorized)
  assert.equal((await world.as(mine.access_token).getMe()).username, 'admin')
  assert.equal(page.socket.readyState, page.socket.OPEN)
})

test('nobody sees or ends the session of somebody else', async () => {
  await using world = await manager()
  const { token } = await world.person('viewer')
  const admin = world.as(await world.signIn())
  const [own] = (await admin.listOwnSessions()).sessions
  assert.ok(own)
  const viewer = world.as(token)
  assert.equal((await viewer.listOwnSessions()).sessions.length, 1)
  await assert.rejects(viewer.endOwnSession({ session_id: own.id }), { code: 'not_found' })
  assert.equal((await admin.getMe()).username, 'admin')
})

test('the refresh token alone signs out, in the body or as the cookie', async () => {
  await using world = await manager()
  const [one, two] = [await sign(world), await sign(world)]
  const body = JSON.stringify({ refresh_token: one.refresh_token })
  assert.equal((await signOut(world, { body })).status, 204)
  await assert.rejects(world.as(one.access_token).getMe(), unauthorized)

  // With an access token that has run out, as a page has that was away.
  const cookie = { cookie: `__Host-refresh=${two.refresh_token}`, ...bearer('run out') }
  const answer = await signOut(world, { headers: cookie })
  assert.equal(answer.status, 204)
  assert.match(String(answer.headers['set-cookie']), /^__Host-refresh=; Max-Age=0/)
  await assert.rejects(world.as(two.access_token).getMe(), unauthorized)

  const [last] = (await world.stores.audit.list({ limit: 100, offset: 0 })).slice(-1)
  assert.deepEqual([last?.action, last?.actor_name], ['sign_out', 'admin'])
})

test('with neither token, or with one that is over, nobody is signed out', async () => {
  await using world = await manager()
  const { refresh_token } = await sign(world)
  const body = JSON.stringify({ refresh_token })
  assert.equal((await signOut(world, {})).status, 401)
  assert.equal((await signOut(world, { headers: bearer('garbage') })).status, 401)
  assert.equal((await signOut(world, { body })).status, 204)
  assert.equal((await signOut(world, { body })).status, 401)
})

test('a session is another one at every sign-in, whatever was sent along', async () => {
  await using world = await manager()
  const thief = await sign(world)
  const headers = { cookie: `__Host-refresh=${thief.refresh_token}`, ...bearer(thief.access_token) }
  const victim = await sign(world, { headers })
  await world.as(victim.access_token).logout()
  assert.equal((await world.as(thief.access_token).getMe()).username, 'admin')
})

const extra = {
  '/api/v1/auth/login': { username: 'viewer', password: 'x', role: 'admin' },
  '/api/v1/auth/refresh': { refresh_token: 'x', user_id: 'x' },
  '/api/v1/auth/logout': { session_id: 'x' },
}
for (const [path, body] of Object.entries(extra))
  test(`${path} takes nothing that it does not name`, async () => {
    await using world = await manager()
    const { status, code } = await world.ask('POST', path, { body: JSON.stringify(body) })
    assert.deepEqual([status, code], [400, 'invalid_request'])
  })

test('an administrator unlocks somebody, everywhere he was locked out', async () => {
  await using world = await manager()
  const { id, username, password } = await world.person('viewer')
  const from = '127.0.0.3'
  const login = (tried: string) =>
    world.as(undefined, { from }).login({ username, password: tried })
  for (let tries = 0; tries < 10; tries++) await assert.rejects(login('wrong'))
  await assert.rejects(login(password), { code: 'account_locked' })

  const { token } = await world.person('operator')
  await assert.rejects(world.as(token).unlockUser({ id }), { code: 'forbidden_role' })
  await world.as(await world.signIn()).unlockUser({ id })
  assert.ok(await login(password))
  const [entry] = (await world.stores.audit.list({ limit: 1000, offset: 0 })).filter(
    ({ action }) => action === 'user_unlock',
  )
  assert.deepEqual([entry?.target_id, entry?.details], [id, { username }])
})

test('how long a session lasts is a setting, for those that begin from then on', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  await admin.changeSettings({ security: { session_hours: 1 } })
  const body = JSON.stringify({ username: 'admin', password: world.password })
  const { headers } = await world.ask('POST', '/api/v1/auth/login', { body })
  assert.match(String(headers['set-cookie']), /Max-Age=3600;/)
  const short = await sign(world)
  world.pass(61 * MINUTE)
  await assert.rejects(world.as(short.access_token).getMe(), unauthorized)
  assert.equal((await admin.getMe()).username, 'admin')
})
