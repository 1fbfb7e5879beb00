import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { manager, type Manager } from '../start/manager.test.kit.ts'

const [HERE, OFFICE, ATTACKER] = ['127.0.0.1', '127.0.0.2', '127.0.0.66']
const MINUTE = 60_000
const locked = { code: 'account_locked' }
const wrong = { code: 'invalid_credentials' }

const sign = (world: Manager, password: string, { username = 'admin', from = HERE } = {}) =>
  world.as(undefined, { from }).login({ username, password })

/** So many wrong passwords from there; the codes that they are answered. */
async function guess(world: Manager, count: number, from: string, username = 'admin') {
  const codes: (string | undefined)[] = []
  for (let number = 0; number < count; number++) {
    const body = JSON.stringify({ username, password: `guess ${number}` })
    codes.push((await world.ask('POST', '/api/v1/auth/login', { body, from })).code)
  }
  return codes
}

function disable(world: Manager, id: string) {
  using database = new DatabaseSync(join(world.folder, 'manager.db'))
  database.prepare('update user set is_active = 0 where id = ?').run(id)
}

const times = <Value>(count: number, value: Value) => Array.from({ length: count }, () => value)

test('ten wrong passwords lock a name there, for the right one too, until the time is over', async () => {
  await using world = await manager()
  assert.deepEqual(await guess(world, 12, ATTACKER), [
    ...times(10, 'invalid_credentials'),
    ...times(2, 'account_locked'),
  ])
  await assert.rejects(sign(world, world.password, { from: ATTACKER }), locked)
  world.pass(15 * MINUTE)
  assert.ok(await sign(world, world.password, { from: ATTACKER }))
})

test('whoever is locked out is told how long, and a second lock lasts twice as long', async () => {
  await using world = await manager()
  await guess(world, 10, ATTACKER)
  const body = JSON.stringify({ username: 'admin', password: 'x' })
  const ask = () => world.ask('POST', '/api/v1/auth/login', { body, from: ATTACKER })
  const { status, headers } = await ask()
  assert.equal(status, 423)
  const seconds = Number(headers['retry-after'])
  assert.ok(seconds > 890 && seconds <= 900, String(seconds))
  world.pass(15 * MINUTE)
  await guess(world, 10, ATTACKER)
  const again = Number((await ask()).headers['retry-after'])
  assert.ok(again > 1790 && again <= 1800, String(again))
})

test('whoever is given another password is locked out no longer', async () => {
  await using world = await manager()
  const { id, username } = await world.person('viewer')
  await guess(world, 10, OFFICE, username)
  const { password } = await world.as(await world.signIn()).resetPassword({ id })
  assert.ok(await sign(world, password ?? '', { username, from: OFFICE }))
})

test('a name that nobody has is locked in the same words and after as many tries', async () => {
  await using world = await manager()
  const disabled = await world.person('viewer')
  disable(world, disabled.id)
  const answersFor = async (username: string, from: string) => {
    const answers: unknown[] = []
    for (let tries = 0; tries < 12; tries++) {
      const body = JSON.stringify({ username, password: 'wrong' })
      const answer = await world.ask('POST', '/api/v1/auth/login', { body, from })
      const { code, message } = JSON.parse(answer.body).error
      answers.push([answer.status, code, message, Object.keys(answer.headers).toSorted()])
    }
    return answers
  }
  const known = await answersFor('admin', ATTACKER)
  assert.deepEqual(await answersFor('nobody', ATTACKER), known)
  assert.deepEqual(await answersFor(disabled.username, ATTACKER), known)
})

test('that an account is disabled is told only to whoever knows its password', async () => {
  await using world = await manager()
  const { username, password, id } = await world.person('viewer')
  disable(world, id)
  await assert.rejects(sign(world, 'wrong', { username }), wrong)
  await assert.rejects(sign(world, password, { username }), { code: 'account_disabled' })
  assert.equal((await world.stores.users.get(id)).is_active, false)
})

test('nobody can lock somebody out of where he has signed in before', async () => {
  await using world = await manager()
  const { access_token } = await sign(world, world.password, { from: OFFICE })
  for (let last = 100; last < 111; last++) await guess(world, 10, `127.0.0.${last}`)
  // From everywhere else the name is locked, by a hundred failures.
  await assert.rejects(sign(world, world.password, { from: HERE }), locked)
  assert.ok(await sign(world, world.password, { from: OFFICE }))
  assert.equal((await world.as(access_token).getMe()).username, 'admin')
  // And the guesses from there count as everywhere, in the same words as for a name that nobody has.
  assert.deepEqual(await guess(world, 3, OFFICE), times(3, 'account_locked'))
  await guess(world, 7, OFFICE)
  await assert.rejects(sign(world, world.password, { from: OFFICE }), locked)
})

test('an address that tries one name after the other is locked for all of them', async () => {
  await using world = await manager({ settings: { rate_limits: { sign_in: 1000 } } })
  for (let number = 0; number < 100; number++) await guess(world, 1, ATTACKER, `name-${number}`)
  await assert.rejects(sign(world, world.password, { from: ATTACKER }), locked)
  assert.ok(await sign(world, world.password))
})

test('a claimed address changes nothing: neither is one’s own lock left, nor another’s made', async () => {
  await using world = await manager()
  for (let last = 0; last < 10; last++) {
    const headers = { 'x-forwarded-for': `192.0.2.${last}`, 'x-real-ip': `192.0.2.${last}` }
    const api = world.as(undefined, { from: ATTACKER, headers })
    await assert.rejects(api.login({ username: 'admin', password: 'x' }), wrong)
  }
  const headers = { 'x-forwarded-for': HERE }
  const credentials = { username: 'admin', password: world.password }
  await assert.rejects(world.as(undefined, { from: ATTACKER, headers }).login(credentials), locked)
  assert.ok(await sign(world, world.password))
})

test('of many guesses at once no more count than of one after the other', async () => {
  await using world = await manager()
  const codes = (await Promise.all(times(40, ATTACKER).map((from) => guess(world, 1, from)))).flat()
  assert.equal(codes.filter((code) => code === 'invalid_credentials').length, 10)
  assert.equal(codes.filter((code) => code === 'account_locked').length, 30)
})

test('guesses at the password of one’s own session count with the sign-ins', async () => {
  await using world = await manager()
  const api = world.as(await world.signIn())
  const change = (current_password: string) =>
    api.changeOwnPassword({ current_password, new_password: 'a much better password' })
  for (let tries = 0; tries < 10; tries++) await assert.rejects(change('wrong'), wrong)
  await assert.rejects(change(world.password), locked)
  await assert.rejects(sign(world, world.password), locked)
  assert.equal((await api.getMe()).username, 'admin')
})

test('a sign-in forgives what went before it', async () => {
  await using world = await manager()
  for (let turn = 0; turn < 3; turn++) {
    await guess(world, 9, HERE)
    assert.ok(await sign(world, world.password))
  }
})

test('a lock outlives the manager', async () => {
  await using world = await manager()
  await guess(world, 10, ATTACKER)
  await world.stop()
  await using again = await manager({ folder: world.folder })
  await assert.rejects(sign(again, world.password, { from: ATTACKER }), locked)
})

test('a name is the same however it is written, for its lock too', async () => {
  await using world = await manager()
  for (const name of ['ADMIN', 'admin', 'Admin', 'ａｄｍｉｎ', 'aDmin'])
    await guess(world, 2, ATTACKER, name)
  await assert.rejects(sign(world, world.password, { from: ATTACKER }), locked)
})
