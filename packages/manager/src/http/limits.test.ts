import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import type { Sent } from './asker.test.kit.ts'

const tight = { rate_limits: { sign_in: 3, refresh: 3, enroll: 2, enroll_status: 2 } }

const enroll = (world: Manager, sent: Sent = {}) =>
  world.ask('POST', '/api/v1/enroll', { body: '{}', ...sent })

/** The statuses of so many tries, one after the other. */
async function tries(count: number, one: () => Promise<{ status: number }>) {
  const statuses: number[] = []
  while (statuses.length < count) statuses.push((await one()).status)
  return statuses
}

test('each address has its own count, also where one socket listens for both families', async () => {
  await using world = await manager({
    settings: { ...tight, listen: { address: '::', port: 0 } },
  })
  assert.deepEqual(await tries(3, () => enroll(world)), [400, 400, 429])
  assert.deepEqual(await tries(3, () => enroll(world, { from: '127.0.0.2' })), [400, 400, 429])
})

test('a path of the same thing has no count of its own', async () => {
  await using world = await manager({ settings: { rate_limits: { sso: 2 } } })
  const begin = (path: string) => world.ask('GET', `/api/v1/${path}/login`)
  assert.equal((await begin('sso')).status, 404)
  assert.equal((await begin('auth/sso')).status, 404)
  assert.equal((await begin('sso')).status, 429)
  assert.equal((await begin('auth/sso')).status, 429)
})

test('what a header says of the address counts for nothing', async () => {
  await using world = await manager({ settings: tight })
  let number = 0
  const forwarded = () => {
    const address = `198.51.100.${number++}`
    const headers = {
      'x-forwarded-for': address,
      'x-real-ip': address,
      forwarded: `for=${address}`,
    }
    return enroll(world, { headers })
  }
  assert.deepEqual(await tries(4, forwarded), [400, 400, 429, 429])
})

test('whoever asked too often is told how long to wait', async () => {
  await using world = await manager({ settings: tight })
  await tries(2, () => enroll(world))
  const { status, headers, body } = await enroll(world)
  const { code, message, details } = JSON.parse(body).error
  assert.equal(status, 429)
  assert.equal(code, 'rate_limited')
  assert.equal(message, 'Too many requests from your address: wait a little.')
  assert.ok(details.retry_after_seconds >= 1 && details.retry_after_seconds <= 60)
  assert.equal(headers['retry-after'], String(details.retry_after_seconds))
})

test('guessing at the password of a session counts with the sign-ins', async () => {
  await using world = await manager({ settings: tight })
  const api = world.as(await world.signIn())
  const guess = () =>
    api.changeOwnPassword({ current_password: 'wrong', new_password: 'a better password' })
  await assert.rejects(guess(), { code: 'invalid_credentials' })
  await assert.rejects(guess(), { code: 'invalid_credentials' })
  await assert.rejects(guess(), { code: 'rate_limited' })
  const credentials = { username: 'admin', password: world.password }
  await assert.rejects(world.as().login(credentials), { code: 'rate_limited' })
})

test('the status of an enrollment and the refreshing of tokens have limits of their own', async () => {
  await using world = await manager({ settings: tight })
  const status = () => world.ask('GET', `/api/v1/enroll/status/${'x'.repeat(64)}`)
  const refresh = () => world.ask('POST', '/api/v1/auth/refresh', { body: '{}' })
  assert.deepEqual(await tries(3, status), [404, 404, 429])
  assert.deepEqual(await tries(4, refresh), [401, 401, 401, 429])
})

test('neither another spelling of the path nor HEAD gets around a limit', async () => {
  await using world = await manager({ settings: tight })
  const place = `/api/v1/enroll/status/${'x'.repeat(64)}`
  const of = async (method: string, path: string) => (await world.ask(method, path)).status
  assert.equal(await of('GET', place), 404)
  assert.equal(await of('HEAD', place), 404)
  assert.equal(await of('GET', `${place}/`), 429)
  assert.equal(await of('GET', place.replace('status', 'STATUS')), 429)
  assert.equal(await of('GET', `${place}?x=1`), 429)
  const encoded = await world.ask('GET', place.replace('enroll', '%65nroll'))
  assert.equal(encoded.code, 'not_found') // Nothing is there at all.
})

test('previews, each of which asks many hosts, have a limit', async () => {
  await using world = await manager({ settings: { rate_limits: { preview: 2 } } })
  const preview = () => world.ask('POST', '/api/v1/jobs/preview', { body: '{}' })
  assert.deepEqual(await tries(3, preview), [401, 401, 429])
})
