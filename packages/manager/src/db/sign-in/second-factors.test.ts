import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines, type TestDatabase } from '../engines.test.kit.ts'
import { at } from '../samples.test.kit.ts'

const admin = { username: 'admin', password_hash: 'a hash', role: 'admin', created_at: at(0) }
const addAdmin = async ({ stores }: TestDatabase) =>
  (await stores.users.add({ ...admin, must_change_password: false })).id

/** Somebody whose second factor counts, and whose last code was of step 10. */
async function withFactor(db: TestDatabase) {
  const id = await addAdmin(db)
  await db.stores.secondFactors.begin(id, 'sealed', at(600))
  const begun = await db.stores.secondFactors.find(id)
  assert.ok(begun && (await db.stores.secondFactors.confirm(begun, 10, at(1))))
  return id
}
const many = <T>(count: number, one: (number: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, number) => one(number)))
const wins = (answers: boolean[]) => answers.filter(Boolean).length

for (const { name, skip, open } of engines) {
  test(`${name}: a second factor counts from its first code on`, { skip }, async () => {
    await using db = await open()
    const { users, secondFactors } = db.stores
    const id = await addAdmin(db)
    assert.equal(await secondFactors.begin(id, 'sealed', at(600)), true)
    assert.equal((await users.get(id)).mfa_enabled, false)
    assert.equal(await secondFactors.accept(id, 10), false)
    const begun = await secondFactors.find(id)
    assert.ok(begun && (await secondFactors.confirm(begun, 10, at(599))))
    assert.equal((await users.get(id)).mfa_enabled, true)
    assert.deepEqual(await secondFactors.find(id), { ...begun, expires_at: null, last_step: 10 })
  })

  test(`${name}: the first code may come too late`, { skip }, async () => {
    await using db = await open()
    const id = await addAdmin(db)
    await db.stores.secondFactors.begin(id, 'sealed', at(600))
    const begun = await db.stores.secondFactors.find(id)
    assert.ok(begun && !(await db.stores.secondFactors.confirm(begun, 10, at(600))))
    assert.equal((await db.stores.users.get(id)).mfa_enabled, false)
  })

  test(`${name}: one that was begun again is void, one that counts stays`, { skip }, async () => {
    await using db = await open()
    const { secondFactors } = db.stores
    const id = await addAdmin(db)
    await secondFactors.begin(id, 'first', at(600))
    const first = await secondFactors.find(id)
    await secondFactors.begin(id, 'second', at(601))
    const second = await secondFactors.find(id)
    assert.ok(first && second)
    assert.equal(await secondFactors.confirm(first, 10, at(1)), false)
    assert.equal(await secondFactors.confirm(second, 10, at(1)), true)
    assert.equal(await secondFactors.confirm(second, 11, at(1)), false)
    assert.equal(await secondFactors.begin(id, 'third', at(700)), false)
    assert.equal((await secondFactors.find(id))?.sealed, 'second')
  })

  test(`${name}: of twenty codes of one step at once, one is taken`, { skip }, async () => {
    await using db = await open()
    const id = await withFactor(db)
    const { secondFactors } = db.stores
    assert.equal(await secondFactors.accept(id, 10), false)
    assert.equal(wins(await many(20, () => secondFactors.accept(id, 11))), 1)
    assert.equal(await secondFactors.accept(id, 9), false)
    assert.equal(await secondFactors.accept(id, 12), true)
  })

  test(`${name}: a recovery code is taken once, also of twenty at once`, { skip }, async () => {
    await using db = await open()
    const { recoveryCodes } = db.stores
    const id = await withFactor(db)
    await recoveryCodes.replace(id, ['one', 'two'])
    assert.equal(wins(await many(20, () => recoveryCodes.use(id, 'one', at(2)))), 1)
    assert.equal(await recoveryCodes.countLeft(id), 1)
    assert.equal(await recoveryCodes.use(id, 'three', at(2)), false)
    assert.equal(await recoveryCodes.use('nobody', 'two', at(2)), false)
    await recoveryCodes.replace(id, ['four', 'five', 'six'])
    assert.equal(await recoveryCodes.use(id, 'two', at(3)), false)
    assert.equal(await recoveryCodes.countLeft(id), 3)
  })

  test(`${name}: nothing is left of a second factor that is removed`, { skip }, async () => {
    await using db = await open()
    const { users, secondFactors, recoveryCodes } = db.stores
    const id = await withFactor(db)
    await recoveryCodes.replace(id, ['one'])
    await secondFactors.remove(id)
    assert.equal((await users.get(id)).mfa_enabled, false)
    assert.equal(await secondFactors.find(id), undefined)
    assert.equal(await recoveryCodes.countLeft(id), 0)
    assert.equal(await secondFactors.accept(id, 99), false)
  })

  test(
    `${name}: a challenge has so many tries, for a time, and is met once`,
    { skip },
    async () => {
      await using db = await open()
      const { signInChallenges } = db.stores
      const challenge = {
        user_id: await addAdmin(db),
        epoch: 0,
        tries_left: 5,
        expires_at: at(300),
      }
      for (const hash of ['tried', 'met', 'late', 'void'])
        await signInChallenges.add({ ...challenge, hash })
      const tries = await many(20, () => signInChallenges.take('tried', at(1)))
      assert.equal(tries.filter((found) => found !== undefined).length, 5)
      assert.equal(await signInChallenges.take('late', at(300)), undefined)
      assert.equal(await signInChallenges.take('unknown', at(1)), undefined)
      assert.equal(wins(await many(20, () => signInChallenges.remove('met'))), 1)
      assert.equal((await signInChallenges.take('void', at(299)))?.tries_left, 4)
      await signInChallenges.removeOf(challenge.user_id)
      assert.equal(await signInChallenges.take('void', at(299)), undefined)
      await signInChallenges.add({ ...challenge, hash: 'old' })
      await signInChallenges.purgeExpired(at(300))
      assert.equal(await signInChallenges.remove('old'), false)
    },
  )

  test(
    `${name}: whose password was right before it was on, does not come in without it`,
    { skip },
    async () => {
      await using db = await open()
      const { users, secondFactors } = db.stores
      const id = await addAdmin(db)
      await secondFactors.begin(id, 'sealed', at(600))
      const [before, begun] = [await users.get(id), await secondFactors.find(id)]
      assert.ok(begun && (await secondFactors.confirm(begun, 10, at(1))))
      assert.equal(await users.setSignedIn(before, at(2)), false)
      assert.equal(await users.setSignedIn(await users.get(id), at(2)), true)
    },
  )

  test(`${name}: a session knows when somebody last proved who he is`, { skip }, async () => {
    await using db = await open()
    const { sessions } = db.stores
    const seen = { ip: '192.0.2.1', user_agent: 'curl', expires_at: at(3600) }
    const user_id = await addAdmin(db)
    const session = {
      ...seen,
      user_id,
      refresh_hash: 'one',
      created_at: at(0),
      confirmed_at: at(0),
    }
    const { id } = await sessions.add(session)
    await sessions.confirm(id, at(60))
    assert.equal((await sessions.get(id)).confirmed_at, at(60))
  })
}
