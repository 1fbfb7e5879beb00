import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manager } from '../start/manager.test.kit.ts'
import { bearer } from './asker.test.kit.ts'

const NEW = 'a much better password'

test('a wrong password and an unknown name get the same words', async () => {
  await using world = await manager()
  const tried = async (username: string, password: string) => {
    const body = JSON.stringify({ username, password })
    const { status, body: said } = await world.ask('POST', '/api/v1/auth/login', { body })
    const { code, message } = JSON.parse(said).error
    return { status, code, message }
  }
  const refused = {
    status: 401,
    code: 'invalid_credentials',
    message: 'The name or the password is wrong.',
  }
  assert.deepEqual(await tried('admin', 'wrong'), refused)
  assert.deepEqual(await tried('nobody', 'wrong'), refused)
  assert.deepEqual(await tried('admin', `${world.password} `), refused)
  assert.deepEqual(await tried("admin' --", world.password), refused)
})

test('a wrong password takes as long as an unknown name, and as one that is locked', async () => {
  await using world = await manager()
  const took = async (username: string, from: string) => {
    const start = performance.now()
    const api = world.as(undefined, { from })
    await assert.rejects(api.login({ username, password: 'wrong' }))
    return performance.now() - start
  }
  // With a password that costs what it costs: those of `person` are cheap.
  const known = { username: 'known', role: 'viewer', password: 'a horse, a battery and 7 staples' }
  const { username } = await world.as(await world.signIn()).createUser(known)
  const LOCKED = '127.0.0.3'
  for (let tries = 0; tries < 11; tries++) await took(username, LOCKED)
  // In turns: whatever else this machine does falls on all of them.
  const times: Record<string, number[]> = { known: [], unknown: [], locked: [] }
  for (let turn = 0; turn < 40; turn++)
    for (const [who, taken] of Object.entries(times)) {
      // From a new address every few tries, so that only one of them is locked.
      const from = who === 'locked' ? LOCKED : `127.0.${1 + Math.floor(turn / 5)}.4`
      taken.push(await took(who === 'unknown' ? 'nobody' : username, from))
    }
  const medians = Object.values(times).map((taken) => taken.toSorted((a, b) => a - b)[20] ?? 0)
  // Without a hash to compare, a try takes less than a tenth of the time.
  assert.ok(Math.min(...medians) > 0.75 * Math.max(...medians), medians.join(' ms, '))
})

test('a refused sign-in is on record with its name and address, and never with its password', async () => {
  await using world = await manager()
  await assert.rejects(world.as().login({ username: 'admin', password: 'secret guess' }))
  const entries = await world.stores.audit.list({ limit: 10, offset: 0 })
  const entry = entries.find(({ action }) => action === 'sign_in')
  assert.equal(entry?.outcome, 'refused')
  assert.equal(entry?.ip, '127.0.0.1')
  assert.deepEqual(entry?.details, { username: 'admin' })
})

test('the name is found however it is spelt', async () => {
  await using world = await manager()
  const { user } = await world.as().login({ username: 'ADMIN', password: world.password })
  assert.equal(user.username, 'admin')
})

test('until the first password is changed, nothing else can be done', async () => {
  await using world = await manager({
    settings: { first_administrator: { must_change_password: true } },
  })
  const api = world.as(await world.signIn())
  assert.equal((await api.getMe()).password_reset_required, true)
  const blocked = { code: 'password_reset_required' }
  await assert.rejects(api.listHosts(), blocked)
  await assert.rejects(api.createTicket(), blocked)
  await assert.rejects(api.getAuthority(), blocked)

  const passwords = { current_password: world.password, new_password: NEW }
  await api.changeOwnPassword(passwords)
  const { access_token } = await world.as().login({ username: 'admin', password: NEW })
  assert.deepEqual((await world.as(access_token).listHosts()).hosts, [])
})

test('a password is not changed without the current one, to a short one, or to itself', async () => {
  await using world = await manager()
  const api = world.as(await world.signIn())
  const change = (current_password: string, new_password: string) =>
    api.changeOwnPassword({ current_password, new_password })
  await assert.rejects(change('wrong', NEW), { code: 'invalid_credentials' })
  await assert.rejects(change(world.password, 'eleven char'), { code: 'invalid_request' })
  await assert.rejects(change(world.password, world.password), { code: 'invalid_request' })
  await assert.rejects(change(world.password, 'x'.repeat(1001)), { code: 'invalid_request' })
  assert.ok(await world.signIn()) // With the old one still.
})

test('a change of password ends every other session, and this one goes on with new tokens', async () => {
  await using world = await manager()
  const sign = () => world.as().login({ username: 'admin', password: world.password })
  const [mine, other] = [await sign(), await sign()]
  await world
    .as(mine.access_token)
    .changeOwnPassword({ current_password: world.password, new_password: NEW })

  await assert.rejects(world.as(other.access_token).getMe(), { code: 'unauthorized' })
  await assert.rejects(world.as().refresh({ refresh_token: other.refresh_token }), {
    code: 'unauthorized',
  })
  await assert.rejects(world.as(mine.access_token).getMe(), { code: 'unauthorized' })
  const fresh = await world.as().refresh({ refresh_token: mine.refresh_token })
  assert.equal((await world.as(fresh.access_token).getMe()).username, 'admin')
  await assert.rejects(sign(), { code: 'invalid_credentials' })
})

test('no session comes out of a sign-in with a password that is changed meanwhile', async () => {
  await using world = await manager()
  const api = world.as(await world.signIn())
  const change = api.changeOwnPassword({ current_password: world.password, new_password: NEW })
  const tries = Promise.allSettled(
    Array.from({ length: 12 }, () =>
      world.as().login({ username: 'admin', password: world.password }),
    ),
  )
  await change
  for (const result of await tries) {
    if (result.status === 'rejected') continue
    const { refresh_token } = result.value
    await assert.rejects(world.as().refresh({ refresh_token }), { code: 'unauthorized' })
  }
})

test('of two sessions that change the password at once, the one that is second has ended', async () => {
  await using world = await manager()
  const change = async (new_password: string) =>
    world
      .as(await world.signIn())
      .changeOwnPassword({ current_password: world.password, new_password })
  const results = await Promise.allSettled([change(`${NEW} one`), change(`${NEW} two`)])
  assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
})

test('signing out counts from the next request on', async () => {
  await using world = await manager()
  const { access_token, refresh_token } = await world
    .as()
    .login({ username: 'admin', password: world.password })
  const { status, headers } = await world.ask('POST', '/api/v1/auth/logout', {
    headers: bearer(access_token),
    body: '{}',
  })
  assert.equal(status, 204)
  assert.equal(
    headers['set-cookie'],
    '__Host-refresh=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
  )
  await assert.rejects(world.as(access_token).getMe(), { code: 'unauthorized' })
  await assert.rejects(world.as().refresh({ refresh_token }), { code: 'unauthorized' })
})

test('a session lasts twelve hours, whatever its tokens say', async () => {
  await using world = await manager()
  const token = await world.signIn()
  world.pass(12 * 3600_000 - 5000)
  assert.equal((await world.as(token).getMe()).username, 'admin')
  world.pass(6000)
  await assert.rejects(world.as(token).getMe(), { code: 'unauthorized' })
})

test('neither a password nor a token is ever logged', async () => {
  await using world = await manager()
  const tokens = await world.as().login({ username: 'admin', password: world.password })
  await assert.rejects(world.as().refresh({ refresh_token: 'x'.repeat(43) }))
  await world.ask('POST', '/api/v1/auth/login', { body: `{"password":"${world.password}"` })
  await world.as().refresh({ refresh_token: tokens.refresh_token })
  for (const secret of [world.password, tokens.access_token, tokens.refresh_token])
    assert.ok(!world.log.everything().includes(secret))
})
