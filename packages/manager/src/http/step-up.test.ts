import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { fromProvider, withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'

const MINUTE = 60_000
const wrong = { code: 'invalid_credentials' }
const nobody = '00000000-0000-4000-8000-000000000000'

/** That he was told to prove by one of these who he is. */
const asksFor = (methods: string[], permission: string) => (error: unknown) => {
  assert.ok(error instanceof Failure && error.code === 'step_up_required')
  const { request_id: _request, ...details } = error.details
  assert.deepEqual(details, { methods, permission })
  return true
}

test('what is dangerous takes a password that was given in the last thirty minutes', async () => {
  await using world = await manager()
  const api = world.as(await world.signIn())
  const revoke = () => api.revokeCertificate({ id: nobody })
  await assert.rejects(revoke(), { code: 'not_found' })
  world.pass(30 * MINUTE)
  await assert.rejects(revoke(), asksFor(['password'], 'cert:revoke'))
  await api.listHosts()
  await assert.rejects(api.stepUp({ password: 'wrong' }), wrong)
  await assert.rejects(revoke(), { code: 'step_up_required' })
  await api.stepUp({ password: world.password })
  await assert.rejects(revoke(), { code: 'not_found' })
})

test('what is dangerous by its input is no different', async () => {
  await using world = await manager()
  const api = world.as(await world.signIn())
  const reboot = () => api.createJob({ kind: 'reboot', host_ids: [nobody] })
  world.pass(30 * MINUTE)
  await assert.rejects(reboot(), { code: 'step_up_required' })
  await assert.rejects(
    api.createJob({ kind: 'update', host_ids: [nobody], packages: [{ name: 'bash' }] }),
    {
      code: 'not_found',
    },
  )
})

test('who may not do it is told that, and not to give a password', async () => {
  await using world = await manager()
  const { token } = await world.person('viewer')
  world.pass(30 * MINUTE)
  const revoke = world.as(token).revokeCertificate({ id: nobody })
  await assert.rejects(revoke, { code: 'forbidden_role' })
})

test('a password that is given in one session counts in no other', async () => {
  await using world = await manager()
  const [mine, other] = [world.as(await world.signIn()), world.as(await world.signIn())]
  world.pass(30 * MINUTE)
  await mine.stepUp({ password: world.password })
  const revoke = other.revokeCertificate({ id: nobody })
  await assert.rejects(revoke, { code: 'step_up_required' })
})

test('it holds over the refreshing of tokens, which proves nothing', async () => {
  await using world = await manager()
  const first = await world.as().login({ username: 'admin', password: world.password })
  world.pass(20 * MINUTE)
  const { access_token } = await world.as().refresh({ refresh_token: first.refresh_token })
  world.pass(10 * MINUTE)
  const revoke = world.as(access_token).revokeCertificate({ id: nobody })
  await assert.rejects(revoke, { code: 'step_up_required' })
})

test('a code does as well, and counts once', async () => {
  await using world = await manager()
  const { api, nextCode, username } = await withPhone(world, 'admin')
  world.pass(30 * MINUTE)
  const revoke = () => api.revokeCertificate({ id: nobody })
  await assert.rejects(revoke(), asksFor(['password', 'code'], 'cert:revoke'))
  const code = await nextCode()
  await api.stepUp({ code })
  await assert.rejects(revoke(), { code: 'not_found' })
  await assert.rejects(api.stepUp({ code }), wrong)
  const ofMfa = (await world.stores.audit.list({ limit: 100, offset: 0 })).slice(-2)
  assert.deepEqual(
    ofMfa.map(({ action, outcome, details }) => [action, outcome, details]),
    [
      ['step_up', 'success', {}],
      ['step_up', 'refused', { username }],
    ],
  )
})

test('a second factor is begun only by who gave his password a short while ago', async () => {
  await using world = await manager()
  const { token, password } = await world.person('viewer')
  const api = world.as(token)
  world.pass(30 * MINUTE)
  await assert.rejects(api.setUpMfa(), asksFor(['password'], 'self:mfa'))
  await api.stepUp({ password })
  assert.ok((await api.setUpMfa()).secret)
})

test('without a second factor no code proves anything', async () => {
  await using world = await manager()
  await assert.rejects(world.as(await world.signIn()).stepUp({ code: '123456' }), wrong)
})

test('who has no password here is told to sign in again at his provider', async () => {
  await using world = await manager()
  const { api } = await fromProvider(world, 'admin')
  await assert.rejects(api.revokeCertificate({ id: nobody }), { code: 'not_found' })
  world.pass(30 * MINUTE)
  const revoke = api.revokeCertificate({ id: nobody })
  await assert.rejects(revoke, asksFor(['sso'], 'cert:revoke'))
  await assert.rejects(api.stepUp({ password: 'anything' }), wrong)
})

test('a program with a token is asked for nothing more: to make the token was dangerous', async () => {
  await using world = await manager()
  const api = world.as(await world.signIn())
  const made = { name: 'revoking', permissions: ['cert:revoke' as const] }
  const { token } = await api.createApiToken(made)
  world.pass(30 * MINUTE)
  await assert.rejects(api.createApiToken(made), { code: 'step_up_required' })
  await assert.rejects(world.as(token).revokeCertificate({ id: nobody }), { code: 'not_found' })
})
