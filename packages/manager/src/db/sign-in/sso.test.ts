import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines, type TestDatabase } from '../engines.test.kit.ts'
import { at } from '../samples.test.kit.ts'

const attempt = {
  browser_hash: 'b',
  issuer: 'https://idp.example',
  return_to: '/',
  expires_at: at(10),
}
const code = { code_hash: 'c', browser_hash: 'b' }

async function someone({ stores }: TestDatabase, subject: string | null = null) {
  const username = `user of ${subject}`
  return stores.users.add({
    username,
    password_hash: '',
    role: 'viewer',
    email: 'Alice@example.org',
    subject,
    must_change_password: false,
    created_at: at(0),
  })
}

async function withHandoff(db: TestDatabase) {
  const { id: user_id } = await someone(db)
  await db.stores.sso.addHandoff({
    ...code,
    user_id,
    epoch: 0,
    confirmed_at: at(0),
    sso_sid: null,
    expires_at: at(1),
  })
}

const taken = <T>(all: (T | undefined)[]) => all.filter((one) => one !== undefined).length

for (const { name, skip, open } of engines) {
  test(
    `${name}: of 20 who take an attempt or a handoff at once, one gets it`,
    { skip },
    async () => {
      await using db = await open()
      const { sso } = db.stores
      await sso.addAttempt(attempt)
      await withHandoff(db)
      const twenty = Array.from({ length: 20 })
      assert.equal(taken(await Promise.all(twenty.map(() => sso.takeAttempt('b', at(0))))), 1)
      assert.equal(taken(await Promise.all(twenty.map(() => sso.takeHandoff(code, at(0))))), 1)
    },
  )

  test(`${name}: what has had its time is not given, and goes`, { skip }, async () => {
    await using db = await open()
    const { sso } = db.stores
    await sso.addAttempt(attempt)
    await withHandoff(db)
    assert.equal(await sso.takeAttempt('b', at(10)), undefined)
    assert.equal(await sso.takeHandoff(code, at(1)), undefined)
    await sso.purgeExpired(at(1))
    assert.equal(await sso.takeHandoff(code, at(0)), undefined)
    assert.ok(await sso.takeAttempt('b', at(0)))
  })

  test(`${name}: a handoff that another browser asks for stays where it is`, { skip }, async () => {
    await using db = await open()
    await withHandoff(db)
    const { sso } = db.stores
    assert.equal(await sso.takeHandoff({ ...code, browser_hash: 'other' }, at(0)), undefined)
    assert.ok(await sso.takeHandoff(code, at(0)))
  })

  test(
    `${name}: an account is tied to one subject, and a subject to one account`,
    { skip },
    async () => {
      await using db = await open()
      const { ssoUsers } = db.stores
      const { id } = await someone(db)
      assert.equal((await ssoUsers.findByEmail('ALICE@example.ORG'))?.id, id)
      assert.equal(await ssoUsers.link(id, 'idp alice'), true)
      assert.equal(await ssoUsers.link(id, 'idp mallory'), false)
      assert.equal((await ssoUsers.findBySubject('idp alice'))?.id, id)
      assert.equal(await ssoUsers.findBySubject('idp mallory'), undefined)
      await assert.rejects(someone(db, 'idp alice'), { code: 'conflict' })
    },
  )

  test(`${name}: what was granted under another role counts no longer`, { skip }, async () => {
    await using db = await open()
    const { id, epoch } = await someone(db)
    const { role, epoch: next } = await db.stores.ssoUsers.setRole(id, 'operator')
    assert.deepEqual([role, next], ['operator', epoch + 1])
  })
}
