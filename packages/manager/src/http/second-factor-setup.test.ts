import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeAt, winsOf, withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'
import { bearer } from './asker.test.kit.ts'

const wrong = { code: 'invalid_credentials' }
const unauthorized = { code: 'unauthorized' }
const conflict = { code: 'conflict' }

test('a second factor is on from its first code, and recovery codes are told once', async () => {
  await using world = await manager()
  const person = await world.person('viewer')
  const headers = bearer(person.token)
  const asked = await world.ask('GET', '/api/v1/auth/mfa/setup', { headers })
  assert.deepEqual([asked.status, asked.headers['cache-control']], [200, 'no-store'])
  const setup = JSON.parse(asked.body)
  assert.match(setup.secret, /^[A-Z2-7]{32}$/)
  assert.equal(new URL(setup.otpauth_url).searchParams.get('secret'), setup.secret)
  assert.match(setup.qr_svg, /^<svg .*<\/svg>\s*$/s)
  assert.equal(setup.expires_in, 600)
  assert.equal((await world.as(person.token).getMe()).mfa_enabled, false)

  const body = JSON.stringify({ code: await codeAt(setup.secret, world.now()) })
  const verified = await world.ask('POST', '/api/v1/auth/mfa/verify', { headers, body })
  assert.deepEqual([verified.status, verified.headers['cache-control']], [200, 'no-store'])
  const { recovery_codes } = JSON.parse(verified.body)
  assert.equal(new Set(recovery_codes).size, 10)
  assert.equal((await world.as(person.token).getMe()).mfa_enabled, true)
  const actions = (await world.stores.audit.list({ limit: 100, offset: 0 })).map(
    ({ action }) => action,
  )
  assert.deepEqual(actions.slice(-2), ['mfa_begin', 'mfa_enable'])
})

test('what is kept of a second factor opens nothing to who reads the database', async () => {
  await using world = await manager()
  const { id, secret, recovery_codes } = await withPhone(world)
  const kept = await world.stores.secondFactors.find(id)
  assert.match(kept?.sealed ?? '', /^v1\./)
  assert.throws(() => world.keys.open('second-factor.another', kept?.sealed ?? ''))
  const said = world.log.everything()
  for (const told of [secret, ...recovery_codes]) assert.ok(!said.includes(told))
})

test('nobody turns a second factor on without a session', async () => {
  await using world = await manager()
  await assert.rejects(world.as().verifyMfa({ code: '123456' }), unauthorized)
  await assert.rejects(world.as('nonsense').verifyMfa({ code: '123456' }), unauthorized)
  await assert.rejects(world.as().setUpMfa(), unauthorized)
})

test('in the wrong order nothing is turned on', async () => {
  await using world = await manager()
  const { token, id } = await world.person('viewer')
  const api = world.as(token)
  await assert.rejects(api.verifyMfa({ code: '123456' }), conflict)
  const { secret } = await api.setUpMfa()
  const right = await codeAt(secret, world.now())
  const off = String((Number(right) + 1) % 1_000_000).padStart(6, '0')
  await assert.rejects(api.verifyMfa({ code: off }), wrong)
  assert.equal((await world.stores.users.get(id)).mfa_enabled, false)
  await api.verifyMfa({ code: right })
  await assert.rejects(api.verifyMfa({ code: right }), conflict)
})

test('a setup is good for ten minutes', async () => {
  await using world = await manager()
  const { token } = await world.person('viewer')
  const { secret } = await world.as(token).setUpMfa()
  world.pass(10 * 60_000)
  const code = await codeAt(secret, world.now())
  await assert.rejects(world.as(token).verifyMfa({ code }), conflict)
})

test('of two setups the later one counts, and one that is on is not replaced', async () => {
  await using world = await manager()
  const { token } = await world.person('viewer')
  const api = world.as(token)
  const first = await api.setUpMfa()
  const second = await api.setUpMfa()
  await assert.rejects(api.verifyMfa({ code: await codeAt(first.secret, world.now()) }), wrong)
  await api.verifyMfa({ code: await codeAt(second.secret, world.now()) })
  await assert.rejects(api.setUpMfa(), conflict)
})

test('of twenty who confirm one setup at once, one gets recovery codes, and they are the right ones', async () => {
  await using world = await manager()
  const { token, id } = await world.person('viewer')
  const { secret } = await world.as(token).setUpMfa()
  const code = await codeAt(secret, world.now())
  assert.equal(await winsOf(20, () => world.as(token).verifyMfa({ code })), 1)
  assert.equal(await world.stores.recoveryCodes.countLeft(id), 10)
})

test('turning it on and off ends the other sessions, and this one goes on', async () => {
  await using world = await manager()
  const { token, username, password } = await world.person('viewer')
  const sign = async () => (await world.as().login({ username, password })).access_token
  const other = await sign()
  const api = world.as(token)
  const { secret } = await api.setUpMfa()
  const verified = await api.verifyMfa({ code: await codeAt(secret, world.now()) })
  await assert.rejects(world.as(other).getMe(), unauthorized)
  assert.equal((await api.getMe()).mfa_enabled, true)

  await assert.rejects(sign(), { code: 'mfa_required' })
  assert.ok('recovery_codes' in verified)
  await api.turnOffMfa({ password })
  assert.equal((await api.getMe()).mfa_enabled, false)
  assert.ok(await sign())
})

test('turning it off takes the password or a code, in the body and not in the address', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const headers = bearer(phone.token)
  const off = (path: string, body: unknown) =>
    world.ask('DELETE', path, { headers, body: JSON.stringify(body) })
  const place = '/api/v1/auth/mfa'
  assert.equal((await off(place, {})).status, 400)
  assert.equal((await off(place, { password: 'x', code: '123456' })).status, 400)
  assert.equal((await off(`${place}?password=${phone.password}`, {})).status, 400)
  assert.equal((await off(place, { password: 'wrong' })).code, 'invalid_credentials')
  const used = await codeAt(phone.secret, world.now())
  assert.equal((await off(place, { code: used })).code, 'invalid_credentials')
  assert.equal((await off(place, { code: await phone.nextCode() })).status, 204)
  assert.equal((await off(place, { password: phone.password })).code, 'conflict')
})

test('new recovery codes take the place of the old ones, for who proves who he is', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  await assert.rejects(phone.api.makeRecoveryCodes({ password: 'wrong' }), wrong)
  const { recovery_codes } = await phone.api.makeRecoveryCodes({ password: phone.password })
  const use = async (recovery_code = '') =>
    world.as().verifyMfa({ mfa_token: await phone.challenge(), recovery_code })
  await assert.rejects(use(phone.recovery_codes[0]), wrong)
  assert.ok('access_token' in (await use(recovery_codes[0])))
  const { token, password } = await world.person('viewer')
  await assert.rejects(world.as(token).makeRecoveryCodes({ password }), conflict)
})
