import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../../db/engines.test.kit.ts'
import { managerOn } from '../../start/manager-on.test.kit.ts'
import { cheaplyHashed } from './passwords.test.kit.ts'

/** Capitals, a Kelvin sign, letters as wide as ideographs, a long s. */
const same = ['kiss', 'KISS', '\u212Aiss', 'ｋｉｓｓ', 'ki\u017Fs']
/** İ, ı, a dot and an accent that combine with what is before them, ß and its capital. */
const others = ['K\u0130SS', 'k\u0131ss', 'ki\u0307ss', 'ki\u0301ss', 'kiß', 'KI\u1E9E']
const password = 'right'
const HERE = '127.0.0.66'

async function kiss(engine: (typeof engines)[number]) {
  const world = await managerOn(engine)
  const { id } = await world.stores.users.add({
    username: 'kiss',
    password_hash: cheaplyHashed(password),
    role: 'viewer',
    must_change_password: false,
    created_at: world.now().toISOString(),
  })
  const sign = (username: string, password: string) =>
    world.as(undefined, { from: HERE }).login({ username, password })
  return { ...world, id, sign }
}

for (const engine of engines) {
  const { name, skip } = engine

  test(`${name}: a name is one however it is written, and like no other`, { skip }, async () => {
    await using world = await kiss(engine)
    for (const username of same)
      assert.equal((await world.sign(username, password)).user.id, world.id, username)
    for (const username of others)
      await assert.rejects(
        world.sign(username, password),
        { code: 'invalid_credentials' },
        username,
      )
    const admin = world.as(await world.signIn())
    const taken = { code: 'conflict' }
    await assert.rejects(admin.createUser({ username: 'KISS', role: 'viewer' }), taken)
  })

  test(`${name}: wrong passwords lock the name that they were tried under`, { skip }, async () => {
    await using world = await kiss(engine)
    const admin = world.as(await world.signIn())
    const until = async () => (await admin.getUser({ id: world.id })).locked_until
    for (const username of others)
      for (let tries = 0; tries < 10; tries++)
        await assert.rejects(world.sign(username, 'a guess'), username)
    assert.equal(await until(), null)

    for (const username of [...same, ...same])
      await assert.rejects(world.sign(username, 'a guess'), { code: 'invalid_credentials' })
    assert.notEqual(await until(), null)
    for (const username of same)
      await assert.rejects(world.sign(username, password), { code: 'account_locked' }, username)
    await admin.unlockUser({ id: world.id })
    assert.ok(await world.sign('\u212Aiss', password))
  })
}
