import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { makeNextKey } from '../pki/key-file.ts'
import { keysOf, openKeys } from '../pki/keys.ts'
import { manager } from '../start/manager.test.kit.ts'
import { rotateKeys, sealAnew } from './key-rotation.ts'

/** A manager that has been started once and stopped; what it stands on can be tried. */
async function stopped() {
  const world = await manager()
  const path = world.config.master_key_file
  const before = readFileSync(path, 'utf8')
  return {
    ...world,
    path,
    next: `${path}.next`,
    before,
    key: () => readFileSync(path, 'utf8'),
    /** Starts it again, with what is there now, and answers the root that it finds. */
    async root() {
      await using again = await manager({ folder: world.folder })
      return again.authority.fingerprint
    },
  }
}

test('everything opens under the new master key, and nothing under the old one', async () => {
  await using world = await stopped()
  const { path, database, stores, now } = world
  const old = await openKeys({ path, secrets_exist: true })
  const sealed = await stores.secrets.list()
  assert.equal(await rotateKeys({ database, path, now }), sealed.length)
  assert.notEqual(world.key(), world.before)
  assert.equal(existsSync(world.next), false)
  for (const { name, sealed } of await stores.secrets.list())
    assert.throws(() => old.open(name, sealed), /another master key/)
  assert.equal(await world.root(), world.authority.fingerprint)
  const audit = await stores.audit.list({ limit: 100, offset: 0 })
  assert.ok(audit.some(({ action }) => action === 'master_key_rotate'))
})

test('stopped before the database has committed, it starts with the old key', async () => {
  await using world = await stopped()
  await makeNextKey(world.path)
  assert.equal(await world.root(), world.authority.fingerprint)
  assert.equal(world.key(), world.before)
  const { path, database, now } = world
  const next = readFileSync(world.next, 'utf8')
  await rotateKeys({ database, path, now })
  assert.equal(world.key(), next)
})

test('stopped in the middle of sealing, it starts with the old key', async () => {
  await using world = await stopped()
  const { path, database, now } = world
  const before = await openKeys({ path, secrets_exist: true })
  const after = keysOf(await makeNextKey(path))
  let sealed = 0
  const failing = {
    ...after,
    seal(name: string, plain: string) {
      if (++sealed === 2) throw new Error('the power failed')
      return after.seal(name, plain)
    },
  }
  await assert.rejects(sealAnew(database, { before, after: failing, now }), /the power failed/)
  assert.equal(await world.root(), world.authority.fingerprint)
  assert.equal(world.key(), world.before)
})

test('stopped after the database has committed, it starts with the new key', async () => {
  await using world = await stopped()
  const { path, database, now } = world
  const before = await openKeys({ path, secrets_exist: true })
  await sealAnew(database, { before, after: keysOf(await makeNextKey(path)), now })
  const next = readFileSync(world.next, 'utf8')
  assert.equal(await world.root(), world.authority.fingerprint)
  assert.deepEqual([world.key(), existsSync(world.next)], [next, false])
})
