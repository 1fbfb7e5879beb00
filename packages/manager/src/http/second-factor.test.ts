import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { challengeOf, codeAt, withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'
import { bearer } from './asker.test.kit.ts'

const wrong = { code: 'invalid_credentials' }
const unauthorized = { code: 'unauthorized' }
const conflict = { code: 'conflict' }
const many = <T>(count: number, one: () => Promise<T>) =>
  Promise.allSettled(Array.from({ length: count }, one))
const wins = (results: PromiseSettledResult<unknown>[]) =>
  results.filter(({ status }) => status === 'fulfilled').length

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

test('with the second factor on, the password alone gives no tokens', async () => {
  await using world = await manager()
  const { username, password } = await withPhone(world)
  const body = JSON.stringify({ username, password })
  const answer = await world.ask('POST', '/api/v1/auth/login', { body })
  assert.deepEqual([answer.status, answer.code], [401, 'mfa_required'])
  assert.equal(answer.headers['set-cookie'], undefined)
  const { details } = JSON.parse(answer.body).error
  assert.match(details.mfa_token, /^[\w-]{43}$/)
  assert.deepEqual([details.expires_in, details.methods], [300, ['code', 'recovery_code']])
  const wrongPassword = world.as().login({ username, password: 'wrong' })
  await assert.rejects(wrongPassword, wrong)
})

test('password and code together open a session, with the cookie of a sign-in', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const body = JSON.stringify({ mfa_token, code: await phone.nextCode() })
  const {
    status,
    headers,
    body: told,
  } = await world.ask('POST', '/api/v1/auth/mfa/verify', { body })
  assert.deepEqual([status, headers['cache-control']], [200, 'no-store'])
  assert.match(String(headers['set-cookie']), /^__Host-refresh=[\w-]{43}; .*SameSite=Strict$/)
  const { access_token } = JSON.parse(told)
  assert.equal((await world.as(access_token).getMe()).id, phone.id)
  await assert.rejects(world.as().verifyMfa(JSON.parse(body)), unauthorized)
})

test('a code may be typed with a blank in it', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const code = (await phone.nextCode()).replace(/^(...)/, '$1 ')
  assert.ok('access_token' in (await world.as().verifyMfa({ mfa_token, code })))
})

test('a code counts once: neither the one of the setup nor one of a sign-in counts again', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const first = await codeAt(phone.secret, world.now())
  const of = async (code: string) =>
    world.as().verifyMfa({ mfa_token: await phone.challenge(), code })
  await assert.rejects(of(first), wrong)
  const next = await phone.nextCode()
  await of(next)
  await assert.rejects(of(next), wrong)
  await assert.rejects(of(first), wrong) // Of the step before, and within the window still.
})

test('of twenty sign-ins with one code at once, one wins', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const tokens: string[] = []
  while (tokens.length < 20) tokens.push(await phone.challenge())
  const code = await phone.nextCode()
  const results = await many(20, () =>
    world.as().verifyMfa({ mfa_token: tokens.pop() ?? '', code }),
  )
  assert.equal(wins(results), 1)
})

test('of twenty who answer one challenge at once, one wins', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const code = await phone.nextCode()
  assert.equal(wins(await many(20, () => world.as().verifyMfa({ mfa_token, code }))), 1)
})

test('a clock may be a step off, and no more', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const at = async (off_ms: number) => {
    const mfa_token = await phone.challenge()
    const code = await codeAt(phone.secret, new Date(world.now().getTime() + off_ms))
    return world.as().verifyMfa({ mfa_token, code })
  }
  world.pass(600_000)
  await assert.rejects(at(-60_000), wrong)
  await assert.rejects(at(60_000), wrong)
  await at(-30_000)
  world.pass(600_000)
  await at(30_000)
})

test('a recovery code opens once, however it is typed', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const [first = '', second = ''] = phone.recovery_codes
  const use = async (recovery_code: string) =>
    world.as().verifyMfa({ mfa_token: await phone.challenge(), recovery_code })
  assert.ok('access_token' in (await use(first)))
  assert.ok('access_token' in (await use(second.toUpperCase().replaceAll('-', ' '))))
  await assert.rejects(use(first), wrong)
})

test('of twenty sign-ins with one recovery code at once, one wins', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const [recovery_code = ''] = phone.recovery_codes
  const tokens: string[] = []
  while (tokens.length < 20) tokens.push(await phone.challenge())
  const use = () => world.as().verifyMfa({ mfa_token: tokens.pop() ?? '', recovery_code })
  assert.equal(wins(await many(20, use)), 1)
})

test('guessing at codes ends with the fifth', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const guess = (code: string) => world.as().verifyMfa({ mfa_token, code })
  const right = await phone.nextCode()
  const off = String((Number(right) + 1) % 1_000_000).padStart(6, '0')
  for (let left = 4; left >= 0; left--)
    await assert.rejects(guess(off), (error) => {
      assert.ok(error instanceof Failure && error.code === wrong.code)
      return error.details.tries_left === left
    })
  await assert.rejects(guess(right), unauthorized)
  const refused = (await world.stores.audit.list({ limit: 100, offset: 0 })).filter(
    ({ outcome }) => outcome === 'refused',
  )
  assert.deepEqual(
    refused.map(({ action, target_id }) => [action, target_id]),
    Array.from({ length: 5 }, () => ['sign_in', phone.id]),
  )
})

test('wrong codes lock like wrong passwords, also over many challenges', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const right = await phone.nextCode()
  const off = String((Number(right) + 1) % 1_000_000).padStart(6, '0')
  const from = { from: '127.0.0.2' } // From where he has never signed in.
  const challenge = () => challengeOf(world, phone, from)
  const guess = async (code: string, mfa_token: string) =>
    world.as(undefined, from).verifyMfa({ mfa_token, code })
  const challenges = [await challenge(), await challenge(), await challenge()]
  for (let wrongs = 0; wrongs < 10; wrongs++)
    await assert.rejects(guess(off, challenges[Math.floor(wrongs / 5)] ?? ''), wrong)
  await assert.rejects(guess(right, challenges[2] ?? ''), { code: 'account_locked' })
  await assert.rejects(challenge(), { code: 'account_locked' })
  await assert.doesNotReject(phone.challenge()) // From where he has, he goes on.
})

test('a step-up that is guessed at locks as well', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  for (let wrongs = 0; wrongs < 10; wrongs++)
    await assert.rejects(phone.api.stepUp({ password: `wrong ${wrongs}` }), wrong)
  await assert.rejects(phone.api.stepUp({ password: phone.password }), { code: 'account_locked' })
})

test('a challenge lasts five minutes', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  world.pass(5 * 60_000)
  const code = await phone.nextCode()
  await assert.rejects(world.as().verifyMfa({ mfa_token, code }), unauthorized)
})

test('a challenge is for one person: the code of another does not meet it', async () => {
  await using world = await manager()
  const mine = await withPhone(world)
  const hers = await withPhone(world)
  const answer = { mfa_token: await mine.challenge(), code: await hers.nextCode() }
  await assert.rejects(world.as().verifyMfa(answer), wrong)
  const [recovery_code = ''] = hers.recovery_codes
  const recovering = { mfa_token: answer.mfa_token, recovery_code }
  await assert.rejects(world.as().verifyMfa(recovering), wrong)
})

test('a challenge opens nothing but its own sign-in', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  await assert.rejects(world.as(mfa_token).getMe(), unauthorized)
  await assert.rejects(world.as().refresh({ refresh_token: mfa_token }), unauthorized)
  const code = await phone.nextCode()
  await assert.rejects(world.as().verifyMfa({ mfa_token: phone.token, code }), {
    code: 'invalid_request',
  })
  await assert.rejects(world.as().verifyMfa({ mfa_token: 'x'.repeat(43), code }), unauthorized)
})

test('a challenge that was stolen is void after a change of the password', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const change = { current_password: phone.password, new_password: 'a much better password' }
  await phone.api.changeOwnPassword(change)
  const code = await phone.nextCode()
  await assert.rejects(world.as().verifyMfa({ mfa_token, code }), unauthorized)
})

test('hostile codes are refused before anything is looked at', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const hostile = ['', '12345', '1234567', 'abcdef', '１２３４５６', "1' or 1=1", '-12345', '1e5']
  for (const code of [...hostile, 123456, null, ['123456'], { $ne: '' }, '0'.repeat(100_000)]) {
    const body = JSON.stringify({ mfa_token, code })
    const { status } = await world.ask('POST', '/api/v1/auth/mfa/verify', { body })
    assert.equal(status, 400, JSON.stringify(code).slice(0, 40))
  }
  const both = { mfa_token, code: '123456', recovery_code: 'x' }
  for (const sent of [{}, { mfa_token }, both, { recovery_code: 'x' }])
    await assert.rejects(phone.api.verifyMfa(sent), { code: 'invalid_request' })
  await phone.nextCode().then((code) => world.as().verifyMfa({ mfa_token, code }))
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
  const results = await many(20, () => world.as(token).verifyMfa({ code }))
  assert.equal(wins(results), 1)
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

test('an administrator takes the second factor of somebody away, and all his sessions end', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const admin = world.as(await world.signIn())
  await assert.rejects(phone.api.resetMfa({ id: phone.id }), { code: 'forbidden_role' })
  await admin.resetMfa({ id: phone.id })
  await assert.rejects(phone.api.getMe(), unauthorized)
  const code = await phone.nextCode()
  await assert.rejects(world.as().verifyMfa({ mfa_token, code }), unauthorized)
  const { username, password } = phone
  assert.equal((await world.as().login({ username, password })).user.mfa_enabled, false)
  await assert.rejects(admin.resetMfa({ id: phone.id }), conflict)
  const nobody = '00000000-0000-4000-8000-000000000000'
  await assert.rejects(admin.resetMfa({ id: nobody }), { code: 'not_found' })
})

test('nobody takes it away from somebody who has more rights than he has', async () => {
  await using world = await manager()
  const { id, api: boss } = await withPhone(world, 'admin')
  const permissions = ['user:read', 'user:reset_mfa'] as const
  const role = { name: 'helpdesk', description: '', permissions: [...permissions], scoped: false }
  await world.as(await world.signIn()).createRole(role)
  const { token } = await world.person('helpdesk')
  await assert.rejects(world.as(token).resetMfa({ id }), {
    code: 'forbidden_role',
    message: /more rights than you have/,
  })
  assert.equal((await boss.getMe()).mfa_enabled, true)
})

test('nobody takes his own away like that: to turn it off takes a proof', async () => {
  await using world = await manager()
  const { api, id } = await withPhone(world, 'admin')
  await assert.rejects(api.resetMfa({ id }), conflict)
  assert.equal((await api.getMe()).mfa_enabled, true)
})
