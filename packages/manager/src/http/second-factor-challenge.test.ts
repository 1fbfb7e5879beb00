import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '@linux-patch/shared/failure'
import { challengeOf, withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'

const wrong = { code: 'invalid_credentials' }
const unauthorized = { code: 'unauthorized' }

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
