import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manager, type Manager } from '../start/manager.test.kit.ts'

const sign = (world: Manager) => world.as().login({ username: 'admin', password: world.password })
const unauthorized = { code: 'unauthorized' }

test('a refresh token is traded once, and the next one goes on', async () => {
  await using world = await manager()
  const first = await sign(world)
  const second = await world.as().refresh({ refresh_token: first.refresh_token })
  const third = await world.as().refresh({ refresh_token: second.refresh_token })
  assert.equal((await world.as(third.access_token).getMe()).username, 'admin')
  assert.notEqual(third.refresh_token, second.refresh_token)
})

test('a second try within ten seconds is refused, and the session lives', async () => {
  await using world = await manager()
  const { refresh_token } = await sign(world)
  const next = await world.as().refresh({ refresh_token })
  await assert.rejects(world.as().refresh({ refresh_token }), unauthorized)
  assert.equal((await world.as(next.access_token).getMe()).username, 'admin')
})

test('a token that is offered again later ends the session, its thief’s and its owner’s', async () => {
  await using world = await manager()
  const { refresh_token } = await sign(world)
  const next = await world.as().refresh({ refresh_token })
  world.pass(11_000)
  await assert.rejects(world.as().refresh({ refresh_token }), unauthorized)
  await assert.rejects(world.as(next.access_token).getMe(), unauthorized)
  await assert.rejects(world.as().refresh({ refresh_token: next.refresh_token }), unauthorized)
})

test('of twenty who refresh with one token at once, one wins and the session lives', async () => {
  await using world = await manager()
  const { refresh_token } = await sign(world)
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => world.as().refresh({ refresh_token })),
  )
  const [won, ...more] = results.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  )
  assert.deepEqual(more, [])
  assert.equal((await world.as(won?.access_token).getMe()).username, 'admin')
})

test('an unknown, an empty, a too long and a missing token are refused', async () => {
  await using world = await manager()
  await assert.rejects(world.as().refresh({ refresh_token: 'x'.repeat(43) }), unauthorized)
  await assert.rejects(world.as().refresh({ refresh_token: '' }), unauthorized)
  await assert.rejects(world.as().refresh({}), unauthorized)
  await assert.rejects(world.as().refresh({ refresh_token: 'x'.repeat(201) }), {
    code: 'invalid_request',
  })
})

test('an access token is no refresh token', async () => {
  await using world = await manager()
  const cookie = `__Host-refresh=${await world.signIn()}`
  const { status } = await world.ask('POST', '/api/v1/auth/refresh', {
    headers: { cookie },
    body: '{}',
  })
  assert.equal(status, 401)
})

test('the cookie is for this host alone, out of reach of scripts and other sites', async () => {
  await using world = await manager()
  const body = JSON.stringify({ username: 'admin', password: world.password })
  const { headers } = await world.ask('POST', '/api/v1/auth/login', { body })
  const cookie = String(headers['set-cookie'])
  assert.match(
    cookie,
    /^__Host-refresh=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  )
  assert.equal(headers['cache-control'], 'no-store')
})

test('the page refreshes with its cookie and an empty body, and gets the next cookie', async () => {
  await using world = await manager()
  const { refresh_token } = await sign(world)
  const refresh = (cookie: string) =>
    world.ask('POST', '/api/v1/auth/refresh', { headers: { cookie }, body: '{}' })

  const answer = await refresh(`theme=dark; __Host-refresh=${refresh_token}`)
  assert.equal(answer.status, 200)
  const [next = ''] = String(answer.headers['set-cookie']).split(';')
  assert.equal((await refresh(next)).status, 200)
  assert.equal((await refresh('refresh=x')).status, 401)
})

test('a session that was ended gets no new tokens', async () => {
  await using world = await manager()
  const { access_token, refresh_token } = await sign(world)
  await world.as(access_token).logout()
  await assert.rejects(world.as().refresh({ refresh_token }), unauthorized)
})

test('refreshing does not stretch the twelve hours of a session', async () => {
  await using world = await manager()
  const { refresh_token } = await sign(world)
  world.pass(11 * 3600_000)
  const next = await world.as().refresh({ refresh_token })
  world.pass(2 * 3600_000)
  await assert.rejects(world.as().refresh({ refresh_token: next.refresh_token }), unauthorized)
})
