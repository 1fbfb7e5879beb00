import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manager } from '../start/manager.test.kit.ts'
import { bearer } from './asker.test.kit.ts'

const foreign: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'not an origin' },
  { origin: 'https://127.0.0.1' }, // The same host by another port is another site.
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'anything' },
]

for (const headers of foreign)
  test(`a request with ${JSON.stringify(headers)} is refused, and nothing happens`, async () => {
    await using world = await manager()
    const token = await world.signIn()
    const post = (path: string, body: string) =>
      world.ask('POST', path, { headers: { ...bearer(token), ...headers }, body })

    const login = JSON.stringify({ username: 'admin', password: world.password })
    for (const answer of [
      await post('/api/v1/auth/login', login),
      await post('/api/v1/auth/logout', '{}'),
      await post('/nowhere', '{}'),
    ]) {
      assert.deepEqual([answer.status, answer.code], [403, 'forbidden_origin'])
      assert.equal(answer.headers['set-cookie'], undefined)
    }
    assert.equal((await world.as(token).getMe()).username, 'admin')
  })

test('DELETE and PUT from another site are refused as well', async () => {
  await using world = await manager()
  const headers = { ...bearer(await world.signIn()), origin: 'https://evil.example' }
  const place = '/api/v1/admin/enrollments/019a0000-0000-7000-8000-000000000000/deny'
  assert.equal((await world.ask('DELETE', place, { headers })).code, 'forbidden_origin')
  const put = await world.ask('PUT', '/api/v1/users/me/password', { headers, body: '{}' })
  assert.equal(put.code, 'forbidden_origin')
})

test('the page itself, scripts without either header, and reading are let through', async () => {
  await using world = await manager()
  const token = await world.signIn()
  const ticket = async (headers: Record<string, string>) =>
    (
      await world.ask('POST', '/api/v1/ws/ticket', {
        headers: { ...bearer(token), ...headers },
        body: '{}',
      })
    ).status
  const here = `https://127.0.0.1:${world.port}`
  assert.equal(await ticket({}), 201)
  assert.equal(await ticket({ origin: here }), 201)
  assert.equal(await ticket({ origin: here, 'sec-fetch-site': 'same-origin' }), 201)
  assert.equal(await ticket({ 'sec-fetch-site': 'none' }), 201)
  assert.equal(await ticket({ origin: here, 'sec-fetch-site': 'cross-site' }), 403)

  const read = { headers: { ...bearer(token), 'sec-fetch-site': 'cross-site' } }
  assert.equal((await world.ask('GET', '/api/v1/users/me', read)).status, 200)
})
