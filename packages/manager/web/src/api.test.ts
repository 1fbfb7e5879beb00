import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { api } from './api.ts'
import { answerProof } from './proof.ts'
import { getSession } from './session.ts'
import { openSession, signIn } from './sign-in.ts'

const user = {
  id: '0190a000-0000-7000-8000-000000000001',
  username: 'admin',
  display_name: '',
  email: null,
  role: 'admin',
  provider: 'local',
  permissions: [],
  scoped: false,
  password_reset_required: false,
  mfa_enabled: false,
  mfa_setup_required: false,
}
const group = {
  id: '0190a000-0000-7000-8000-000000000002',
  name: 'Web',
  description: '',
  host_count: 0,
  user_count: 0,
  created_at: '2026-01-01T00:00:00.000Z',
}
const noHosts = { hosts: [], total: 0, limit: 100, offset: 0 }

/** The manager as `fetch` meets it: one access token counts at a time, and the cookie may be gone. */
const fresh = {
  token: 'first',
  cookie: true,
  refreshes: 0,
  asked: 0,
  proved: false,
  methods: ['password'],
  refusal: '',
}
let manager = fresh

beforeEach(async () => {
  manager = { ...fresh }
  await signIn('admin', 'a password')
})

globalThis.fetch = async (path, init) => {
  await new Promise((resolve) => setTimeout(resolve, 1))
  manager.asked++
  if (path === '/api/v1/auth/login') return tokens()
  if (path === '/api/v1/auth/sso/handoff')
    return refusal('mfa_required', 401, { mfa_token: 'of this sign-in' })
  if (path === '/api/v1/auth/refresh') {
    manager.refreshes++
    return manager.cookie ? tokens() : refusal('unauthorized')
  }
  const sent = new Headers(init?.headers).get('authorization')
  if (sent !== `Bearer ${manager.token}`) return refusal('unauthorized')
  if (path === '/api/v1/users/me/password') return refusal('invalid_credentials')
  if (path === '/api/v1/users/me')
    return Response.json({ ...user, role: 'viewer', mfa_setup_required: true })
  if (manager.refusal !== '') return refusal(manager.refusal, 403)
  if (path === '/api/v1/groups' && !manager.proved)
    return refusal('step_up_required', 403, { methods: manager.methods })
  if (path === '/api/v1/groups') return Response.json(group)
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

const refusal = (code: string, status = 401, details = {}) =>
  Response.json({ error: { code, message: 'No.', request_id: 'request-1', details } }, { status })

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

test('whoever comes back from single sign-on is asked for a code where that is wanted too', async () => {
  await openSession({ handoff_code: 'a code', problem: null })
  assert.deepEqual(getSession(), { state: 'code_wanted', mfa_token: 'of this sign-in' })
  assert.equal(manager.refreshes, 0)
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

test('what wants a proof of who asks is asked once more when that was given', async () => {
  const making = api.createGroup({ name: 'Web' })
  await asked()
  manager.proved = true
  answerProof(true)
  assert.equal((await making).name, 'Web')
})

test('a person who proves nothing gets the refusal, and so does one who proved it in vain', async () => {
  for (const proved of [false, true]) {
    const making = api.createGroup({ name: 'Web' })
    await asked()
    answerProof(proved)
    await assert.rejects(making, { code: 'step_up_required' })
  }
})

test('somebody who can prove nothing here gets the refusal at once', async () => {
  manager.methods = ['sso']
  await assert.rejects(api.createGroup({ name: 'Web' }), { code: 'step_up_required' })
})

test('what waits for one proof goes on by it together', async () => {
  const making = Promise.all([api.createGroup({ name: 'Web' }), api.createGroup({ name: 'Web' })])
  await asked()
  manager.proved = true
  answerProof(true)
  assert.equal((await making).length, 2)
})

test('a role that lets somebody do less now is read anew', async () => {
  manager.refusal = 'forbidden_role'
  await assert.rejects(api.listHosts(), { code: 'forbidden_role' })
  await asked()
  assert.partialDeepStrictEqual(getSession(), { user: { role: 'viewer' } })
})

test('a role that wants a second factor is heard of by the first refusal', async () => {
  manager.refusal = 'mfa_setup_required'
  await assert.rejects(api.listHosts(), { code: 'mfa_setup_required' })
  await asked()
  assert.partialDeepStrictEqual(getSession(), { user: { mfa_setup_required: true } })
})

/** Long enough for what was asked to be answered. */
const asked = () => new Promise((resolve) => setTimeout(resolve, 30))
