import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeAt, winsOf, withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'

const wrong = { code: 'invalid_credentials' }
const unauthorized = { code: 'unauthorized' }

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
  assert.equal(
    await winsOf(20, () => world.as().verifyMfa({ mfa_token: tokens.pop() ?? '', code })),
    1,
  )
})

test('of twenty who answer one challenge at once, one wins', async () => {
  await using world = await manager()
  const phone = await withPhone(world)
  const mfa_token = await phone.challenge()
  const code = await phone.nextCode()
  assert.equal(await winsOf(20, () => world.as().verifyMfa({ mfa_token, code })), 1)
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
  assert.equal(await winsOf(20, use), 1)
})
