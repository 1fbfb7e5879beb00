import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeAt, fromProvider, withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import { knock } from './socket.test.kit.ts'
import { ssoWorld } from './sso.test.kit.ts'

const blocked = { code: 'mfa_setup_required' }

/** Whoever has one of these roles has to have a second factor from now on. */
async function require(world: Manager, ...mfa_required_roles: string[]) {
  const api = world.as(await world.signIn())
  await api.changeSettings({ security: { mfa_required_roles } })
}

test('who has to have a second factor and has none can do nothing but set one up', async () => {
  await using world = await manager()
  const { token, username, password } = await world.person('operator')
  const viewer = await world.person('viewer')
  const api = world.as(token)
  await require(world, 'operator')
  assert.equal((await api.getMe()).mfa_setup_required, true)
  for (const asked of [api.listHosts(), api.createTicket(), api.turnOffMfa({ password })])
    await assert.rejects(asked, blocked)

  const signed = await world.as().login({ username, password })
  assert.equal(signed.user.mfa_setup_required, true)
  const refreshed = await world.as().refresh({ refresh_token: signed.refresh_token })
  await assert.rejects(world.as(refreshed.access_token).listHosts(), blocked)

  const { secret } = await api.setUpMfa()
  await assert.rejects(api.listHosts(), blocked)
  await api.verifyMfa({ code: await codeAt(secret, world.now()) })
  await api.listHosts()
  const { mfa_enabled, mfa_setup_required } = await api.getMe()
  assert.deepEqual([mfa_enabled, mfa_setup_required], [true, false])
  assert.equal((await world.as(viewer.token).getMe()).mfa_setup_required, false)
})

test('after half an hour he gives his password once more, and can set it up then', async () => {
  await using world = await manager()
  const { token, password } = await world.person('operator')
  const api = world.as(token)
  await require(world, 'operator')
  world.pass(30 * 60_000)
  await assert.rejects(api.setUpMfa(), { code: 'step_up_required' })
  await api.stepUp({ password })
  assert.ok((await api.setUpMfa()).secret)
})

test('a second factor that is required is not turned off, whatever proves who asks', async () => {
  await using world = await manager()
  const phone = await withPhone(world, 'operator')
  await require(world, 'operator')
  const enforced = { code: 'mfa_enforced' }
  await assert.rejects(phone.api.turnOffMfa({ password: phone.password }), enforced)
  await assert.rejects(phone.api.turnOffMfa({ code: await phone.nextCode() }), enforced)
  assert.equal((await phone.api.getMe()).mfa_enabled, true)
  await require(world)
  await phone.api.turnOffMfa({ password: phone.password })
})

test('who lost his phone sets up another one before anything else', async () => {
  await using world = await manager()
  const phone = await withPhone(world, 'operator')
  await require(world, 'operator')
  await world.as(await world.signIn()).resetMfa({ id: phone.id })
  const { username, password } = phone
  const { access_token } = await world.as().login({ username, password })
  await assert.rejects(world.as(access_token).listHosts(), blocked)
})

test('neither a ticket from before nor a new one opens a socket', async () => {
  await using world = await manager()
  const { token } = await world.person('operator')
  const { ticket } = await world.as(token).createTicket()
  await require(world, 'operator')
  assert.equal((await knock(world, { ticket })).status, 401)
  await assert.rejects(world.as(token).createTicket(), blocked)
})

test('whom another system lets in has shown his factors there', async () => {
  await using world = await manager()
  const { api } = await fromProvider(world, 'operator')
  await require(world, 'operator')
  assert.equal((await api.getMe()).mfa_setup_required, false)
  await api.listHosts()
})

test('that is not enough where the settings say so', async () => {
  await using world = await ssoWorld()
  const alice = world.visitor()
  const api = world.as((await alice.signIn()).tokens?.access_token)
  const { secret } = await api.setUpMfa()
  await api.verifyMfa({ code: await codeAt(secret, world.now()) })
  assert.ok((await alice.signIn()).tokens?.access_token) // She has one now, and is not asked for it.

  const admin = world.as(await world.signIn())
  const security = { mfa_required_roles: ['viewer'], mfa_for_sso: true }
  await admin.changeSettings({ security })
  const { handoff } = (await alice.land(await alice.goAndCome())).query
  const { status, body } = await alice.exchange(handoff)
  const { code, details } = JSON.parse(body).error
  assert.deepEqual([status, code], [401, 'mfa_required'])
  world.pass(30_000)
  const answer = {
    mfa_token: details.mfa_token,
    code: await codeAt(secret, world.now()),
  }
  const verified = await world.as().verifyMfa(answer)
  assert.ok('access_token' in verified)

  const { api: joan } = await fromProvider(world, 'viewer')
  await assert.rejects(joan.listHosts(), blocked)
})
