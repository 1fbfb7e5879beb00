import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { api, openSession, signIn } from './api.ts'

const user = {
  id: '0190a000-0000-7000-8000-000000000001',
  username: 'admin',
  display_name: '',
  email: null,
  role: 'admin',
  permissions: [],
  scoped: false,
  password_reset_required: false,
}
const noHosts = { hosts: [], total: 0, limit: 100, offset: 0 }

/** The manager as `fetch` meets it: one access token counts at a time, and the cookie may be gone. */
let manager = { token: 'first', cookie: true, refreshes: 0, asked: 0 }

beforeEach(async () => {
  manager = { token: 'first', cookie: true, refreshes: 0, asked: 0 }
  await signIn('admin', 'a password')
})

globalThis.fetch = async (path, init) => {
  await new Promise((resolve) => setTimeout(resolve, 1))
  manager.asked++
  if (path === '/api/v1/auth/login') return tokens()
  if (path === '/api/v1/auth/refresh') {
    manager.refreshes++
    return manager.cookie ? tokens() : refusal('unauthorized')
  }
  const sent = new Headers(init?.headers).get('authorization')
  if (sent !== `Bearer ${manager.token}`) return refusal('unauthorized')
  if (path === '/api/v1/users/me/password') return refusal('invalid_credentials')
  return Response.json(noHosts)
}

const tokens = () =>
  Response.json({
    access_token: manager.token,
    refresh_token: 'in the cookie',
    token_type: 'Bearer',
    expires_in: 900,
    user,
  })

const refusal = (code: string) =>
  Response.json(
    { error: { code, message: 'No.', request_id: 'request-1', details: {} } },
    { status: 401 },
  )

test('an access token that has run out is renewed, and the question asked again', async () => {
  manager.token = 'second'
  assert.deepEqual(await api.listHosts(), noHosts)
  assert.equal(manager.refreshes, 1)
})

test('many questions at once renew it once', async () => {
  manager.token = 'second'
  await Promise.all([api.listHosts(), api.listHosts(), api.listHosts()])
  assert.equal(manager.refreshes, 1)
})

test('a session that has ended is not asked for twice', async () => {
  manager = { ...manager, token: 'second', cookie: false }
  await assert.rejects(api.listHosts(), { code: 'unauthorized' })
  assert.equal(manager.refreshes, 1)
  await openSession()
  assert.equal(manager.refreshes, 2)
})

test('a wrong password is no reason to renew', async () => {
  const passwords = { current_password: 'wrong', new_password: 'twelve and more' }
  await assert.rejects(api.changeOwnPassword(passwords), { code: 'invalid_credentials' })
  assert.equal(manager.refreshes, 0)
})

test('a failure says under which id the log has it', async () => {
  const passwords = { current_password: 'wrong', new_password: 'twelve and more' }
  await assert.rejects(api.changeOwnPassword(passwords), {
    details: { request_id: 'request-1' },
  })
})
