import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { PkiBundle } from '@linux-patch/shared/enrollment'
import { engines } from '../../db/engines.test.kit.ts'
import { sealedTexts } from '../../db/sealed-texts.test.kit.ts'
import { makeNextKey } from '../../pki/key-file.ts'
import { keysOf, openKeys } from '../../pki/keys.ts'
import { manager } from '../../start/manager.test.kit.ts'
import { certificateIn, gate } from '../enrollment/enrollment.test.kit.ts'
import { rotateKeys, sealAnew } from './key-rotation.ts'
import { codeAt, withPhone } from '../sign-in/second-factor.test.kit.ts'

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

test('nothing that is sealed anywhere in the database is left under the old master key', async () => {
  await using world = await gate()
  const { confirmed, token } = await world.enroll(1, { csr_pem: undefined })
  await world.admin.approveEnrollment(confirmed)
  await world.admin.changeSettings({ smtp: { password: 'secret' }, oidc: { client_secret: 'x' } })
  const phone = await withPhone(world)
  const { database, now, config } = world
  const before = await sealedTexts(config.database_url)
  const places = before.map(([place]) => place)
  assert.deepEqual([...new Set(places)].toSorted(), [
    'enrollment.sealed_key',
    'second_factor.sealed',
    'secret.sealed',
    'setting.sealed',
  ])
  const path = config.master_key_file
  assert.equal(await rotateKeys({ database, path, now }), before.length)
  const after = await sealedTexts(config.database_url)
  assert.deepEqual(
    after.map(([place]) => place),
    places,
  )
  const kept = new Set(before.map(([, sealed]) => sealed))
  assert.deepEqual(
    after.filter(([, sealed]) => kept.has(sealed)),
    [],
  )

  const outdated = { code: 'unavailable', message: /: restart the manager\.$/ }
  await assert.rejects(phone.api.stepUp({ code: await phone.nextCode() }), outdated)
  await using again = await manager({ folder: world.folder })
  again.pass(30_000)
  await again.as(phone.token).stepUp({ code: await codeAt(phone.secret, again.now()) })
  const bundle = (await again.as().getEnrollmentStatus({ token })) as PkiBundle
  assert.ok(certificateIn(bundle).checkPrivateKey(createPrivateKey(bundle.server_key ?? '')))
})

test('a manager that runs while the key is rotated seals and hands out nothing until it is restarted', async () => {
  await using world = await gate()
  const one = await world.enroll(1, { csr_pem: undefined })
  const two = await world.enroll(2, { csr_pem: undefined })
  await world.admin.approveEnrollment(one.confirmed)
  const { database, now, config } = world
  await rotateKeys({ database, path: config.master_key_file, now })

  const outdated = { code: 'unavailable', message: /: restart the manager\.$/ }
  await assert.rejects(world.admin.approveEnrollment(two.confirmed), outdated)
  await assert.rejects(world.status(one.token), outdated)
  await using again = await manager({ folder: world.folder })
  const { server_key } = (await again.as().getEnrollmentStatus({ token: one.token })) as PkiBundle
  assert.match(server_key ?? '', /BEGIN PRIVATE KEY/)
  const { enrollments } = await world.admin.listEnrollments()
  assert.deepEqual(
    enrollments.map(({ id }) => id),
    [two.id],
  )
})

test('a database in which nothing is sealed yet has no key to rotate', async () => {
  await using place = await engines[0]!.open()
  const keys = keysOf(Buffer.alloc(32))
  const sealing = { before: keys, after: keys, now: () => new Date() }
  await assert.rejects(sealAnew(place, sealing), {
    code: 'conflict',
    message: /^Nothing is sealed/,
  })
})
