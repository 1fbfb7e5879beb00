import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manager, type Manager } from '../start/manager.test.kit.ts'

const PROXY = '127.0.0.9'
const settings = { trusted_proxies: ['127.0.0.8/31'], rate_limits: { sign_in: 1000, enroll: 2 } }

const forwarded = (value: string) => ({ headers: { 'x-forwarded-for': value } })
const through = (value: string) => ({ from: PROXY, ...forwarded(value) })
const enroll = async (world: Manager, sent: object) =>
  (await world.ask('POST', '/api/v1/enroll', { body: '{}', ...sent })).status

/** What address the refusal of a sign-in is put down to. */
async function putDownTo(world: Manager, sent: { from?: string; headers: Record<string, string> }) {
  const credentials = { username: 'nobody', password: 'wrong' }
  await assert.rejects(world.as(undefined, sent).login(credentials))
  const entries = await world.stores.audit.list({ limit: 100, offset: 0 })
  return entries.at(-1)?.ip
}

test('of a proxy that is trusted its word counts, and what it was told itself does not', async () => {
  await using world = await manager({ settings })
  assert.equal(await putDownTo(world, through('192.0.2.1')), '192.0.2.1')
  assert.equal(await putDownTo(world, through('198.51.100.7, 192.0.2.1')), '192.0.2.1')
  assert.equal(await putDownTo(world, through('192.0.2.1, 127.0.0.8')), '192.0.2.1')
  assert.equal(await putDownTo(world, through('2001:db8::1')), '2001:db8::1')
})

test('a proxy that names no address stands for whom it speaks', async () => {
  await using world = await manager({ settings })
  for (const nonsense of ['', 'unknown', '192.0.2.1:5678', "' or 1=1"])
    assert.equal(await putDownTo(world, through(nonsense)), PROXY)
})

test('of anybody else it counts for nothing: not on record, and not for a limit', async () => {
  await using world = await manager({ settings })
  assert.equal(await putDownTo(world, forwarded('192.0.2.1')), '127.0.0.1')
  const statuses = []
  for (const last of [1, 2, 3]) statuses.push(await enroll(world, forwarded(`192.0.2.${last}`)))
  assert.deepEqual(statuses, [400, 400, 429])
})

test('each address behind a proxy has its own limit', async () => {
  await using world = await manager({ settings })
  const statuses = []
  for (const last of [1, 1, 1, 2]) statuses.push(await enroll(world, through(`192.0.2.${last}`)))
  assert.deepEqual(statuses, [400, 400, 429, 400])
})
