import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager } from './manager.test.kit.ts'
import { place } from './process.test.kit.ts'

/** A manager that was started once. */
async function started() {
  const at = await place()
  const first = at.start()
  await first.listens()
  first.stop('SIGTERM')
  const { out } = await first.ended
  return { ...at, out, key: () => readFileSync(join(at.state, 'master.key'), 'utf8') }
}

async function rootOf({ start }: Awaited<ReturnType<typeof started>>) {
  const again = start()
  await again.listens()
  again.stop('SIGTERM')
  const { out } = await again.ended
  return { root: /"ca_fingerprint":"([^"]+)"/.exec(out)?.[1], out }
}

test('the first start says what to back up, and the next one does not', async () => {
  await using at = await started()
  assert.match(at.out, /Back up the database and the master key now/)
  assert.ok(at.out.includes(join(at.state, 'master.key')))
  assert.doesNotMatch((await rootOf(at)).out, /Back up/)
})

test('the master key is rotated by a command, wherever that is killed', async () => {
  await using at = await started()
  const { root } = await rootOf(at)
  const before = at.key()
  for (const delay of [300, 500, 600, 700, 800, 1000]) {
    const rotating = at.launch('keys', 'rotate')
    await wait(delay)
    rotating.stop('SIGKILL')
    await rotating.ended
    const { code, error } = await at.check()
    assert.equal(code, 0, `killed after ${delay} ms: ${error}`)
  }
  const { code, out, error } = await at.launch('keys', 'rotate').ended
  assert.equal(code, 0, error)
  assert.match(out, /^4 secrets are sealed under a new master key/)
  assert.notEqual(at.key(), before)
  assert.equal((await rootOf(at)).root, root)
})

test('a rollover is begun, watched and finished by commands', async () => {
  await using at = await started()
  const said = async (...args: string[]) => {
    const { code, out, error } = await at.launch('ca', ...args).ended
    return `${code} ${out}${error}`
  }
  assert.match(await said('status'), /^0 current {2}sha256:[0-9a-f]{64} since/)
  assert.match(await said('rollover', '--finish'), /^1 There is no next root/)
  const [, next = ''] = /The next root is (sha256:[0-9a-f]{64})/.exec(await said('rollover')) ?? []
  assert.match(await said('rollover'), /^1 There is a next root already/)
  assert.match(
    await said('status'),
    /next {5}sha256[^]*0 of 0 hosts have certificates of the next root alone/,
  )
  assert.match(await said('rollover', '--finish'), /^0 The next root has taken/)
  assert.equal((await rootOf(at)).root, next)
})

test('the second factor of somebody who has lost it is taken away by a command, on record', async () => {
  await using world = await manager()
  await using at = await place()
  const { id, username, password, api } = await withPhone(world)
  const disable = (name: string) =>
    at.run(
      'disable-mfa',
      name,
      '--config',
      join(world.folder, 'config.yaml'),
      '--state',
      world.folder,
    )
  const { code, out, error } = await disable(username)
  assert.deepEqual([code, error], [0, ''])
  assert.match(out, /^The second factor of operator-\S+ is off/)
  await assert.rejects(api.getMe(), { code: 'unauthorized' })
  assert.equal((await world.as().login({ username, password })).user.mfa_enabled, false)
  const [entry] = (await world.stores.audit.list({ limit: 100, offset: 0 })).filter(
    ({ action }) => action === 'mfa_reset',
  )
  assert.deepEqual([entry?.actor_type, entry?.target_id], ['system', id])
  assert.match((await disable(username)).error, /^No second factor of operator-\S+ is on\.\n$/)
  assert.match((await disable('nobody')).error, /^There is no user called nobody\.\n$/)
})
