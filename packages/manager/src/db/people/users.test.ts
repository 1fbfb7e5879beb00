import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines, type TestDatabase } from '../engines.test.kit.ts'
import { at } from '../samples.test.kit.ts'

const admin = { username: 'Admin', password_hash: 'a hash', role: 'admin', created_at: at(0) }
const addAdmin = ({ stores }: TestDatabase) =>
  stores.users.add({ ...admin, must_change_password: true })
const addSession = async (db: TestDatabase, refresh_hash: string, user_id?: string) => {
  const times = { created_at: at(0), confirmed_at: at(0), expires_at: at(3600) }
  const seen = { ip: '192.0.2.1', user_agent: 'curl', ...times }
  const user = user_id ?? (await addAdmin(db)).id
  return db.stores.sessions.add({ ...seen, user_id: user, refresh_hash })
}

for (const { name, skip, open } of engines) {
  test(`${name}: a user is found by name, however it is capitalised`, { skip }, async () => {
    await using db = await open()
    const { id } = await addAdmin(db)
    assert.equal((await db.stores.users.find('aDMIN'))?.id, id)
    assert.equal(await db.stores.users.find('admi%'), undefined)
    assert.equal(await db.stores.users.find('admin\0'), undefined)
  })

  test(`${name}: a name is taken once, also by two at once`, { skip }, async () => {
    await using db = await open()
    const [first, second] = await Promise.allSettled([addAdmin(db), addAdmin(db)])
    assert.deepEqual([first.status, second.status].toSorted(), ['fulfilled', 'rejected'])
    assert.equal(await db.stores.users.count(), 1)
    await assert.rejects(
      db.stores.users.add({ ...admin, username: 'ADMIN', must_change_password: false }),
      { code: 'conflict' },
    )
  })

  test(`${name}: a new password ends what the old one began`, { skip }, async () => {
    await using db = await open()
    const { id, epoch } = await addAdmin(db)
    const user = await db.stores.users.setPassword(id, 'another hash')
    assert.deepEqual(
      [user.password_hash, user.must_change_password, user.epoch - epoch],
      ['another hash', false, 1],
    )
    await assert.rejects(db.stores.users.setPassword('nobody', 'x'), { code: 'not_found' })
    await assert.rejects(db.stores.users.get('nobody'), { code: 'not_found' })
  })

  test(`${name}: a refresh token is traded for the next`, { skip }, async () => {
    await using db = await open()
    const { id } = await addSession(db, 'one')
    const rotated = await db.stores.sessions.rotate('one', 'two', at(1))
    assert.deepEqual(rotated, await db.stores.sessions.get(id))
    assert.equal((await db.stores.sessions.get(id)).last_used_at, at(1))
    assert.notEqual(typeof (await db.stores.sessions.rotate('two', 'three', at(2))), 'string')
    assert.equal(await db.stores.sessions.rotate('nonsense', 'four', at(3)), 'unknown')
  })

  test(`${name}: of many who offer one token at once, one gets a session`, { skip }, async () => {
    await using db = await open()
    await addSession(db, 'one')
    const tries = Array.from({ length: 8 }, (_, number) =>
      db.stores.sessions.rotate('one', `next-${number}`, at(1)),
    )
    const answers = await Promise.all(tries)
    assert.equal(answers.filter((answer) => answer === 'just_used').length, 7)
    assert.equal(answers.filter((answer) => typeof answer !== 'string').length, 1)
  })

  test(
    `${name}: an old token that comes back is a theft, and ends its session`,
    { skip },
    async () => {
      await using db = await open()
      const { id } = await addSession(db, 'one')
      await db.stores.sessions.rotate('one', 'two', at(1))
      assert.equal(await db.stores.sessions.rotate('one', 'x', at(11)), 'just_used')
      assert.equal((await db.stores.sessions.get(id)).revoked_at, null)
      assert.equal(await db.stores.sessions.rotate('one', 'y', at(12)), 'reused')
      assert.equal((await db.stores.sessions.get(id)).revoked_at, at(12))
      assert.equal(await db.stores.sessions.rotate('two', 'z', at(13)), 'unknown')
    },
  )

  test(`${name}: a session that was revoked or is over gives nothing more`, { skip }, async () => {
    await using db = await open()
    const { id, user_id } = await addSession(db, 'one')
    await addSession(db, 'two', user_id)
    await db.stores.sessions.revoke(id, at(1))
    assert.equal(await db.stores.sessions.rotate('one', 'x', at(2)), 'unknown')
    assert.equal(await db.stores.sessions.rotate('two', 'y', at(3600)), 'unknown')
    await db.stores.sessions.purgeExpired(at(3600))
    await assert.rejects(db.stores.sessions.get(id), { code: 'not_found' })
  })

  test(`${name}: all sessions of a user end, but the one that asks`, { skip }, async () => {
    await using db = await open()
    const kept = await addSession(db, 'one')
    const other = await addSession(db, 'two', kept.user_id)
    await db.stores.sessions.revokeAll(kept.user_id, kept.id, at(1))
    assert.equal((await db.stores.sessions.get(kept.id)).revoked_at, null)
    assert.equal((await db.stores.sessions.findByToken('two'))?.revoked_at, at(1))
    await db.stores.sessions.revokeAll(kept.user_id, null, at(2))
    assert.equal((await db.stores.sessions.get(kept.id)).revoked_at, at(2))
    assert.equal((await db.stores.sessions.get(other.id)).revoked_at, at(1))
  })
}
