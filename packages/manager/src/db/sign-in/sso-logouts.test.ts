import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { test } from 'node:test'
import { engines, type TestDatabase } from '../engines.test.kit.ts'
import { at } from '../samples.test.kit.ts'
import type { SsoEnded } from './sso-logouts.ts'

const idp = 'https://idp.example'
const alice = { sso_subject: `${idp} alice`, sso_sid: null }
const session = (sid: string) => ({ sso_subject: null, sso_sid: `${idp} ${sid}` })

const someone = ({ stores }: TestDatabase, name: string) =>
  stores.users.add({
    username: name,
    password_hash: '',
    role: 'viewer',
    provider: 'oidc',
    subject: `${idp} ${name}`,
    must_change_password: false,
    created_at: at(0),
  })

let count = 0
const opened = (
  { stores }: Pick<TestDatabase, 'stores'>,
  user_id: string,
  { expires_at = at(3600), ...origin }: Partial<SsoEnded> & { expires_at?: string },
) => {
  const times = { created_at: at(0), confirmed_at: at(0), expires_at }
  const seen = { ip: '192.0.2.1', user_agent: 'curl', refresh_hash: `hash ${++count}` }
  return stores.sessions.add({ user_id, ...seen, ...times, ...origin })
}

const end = (db: TestDatabase, whose: SsoEnded) =>
  db.transaction(async ({ ssoLogouts, accounts }) => {
    const users = await ssoLogouts.listUsers(whose)
    await accounts.hold(users)
    const sessions = await ssoLogouts.endSessions(whose, at(1))
    return { users, ended: sessions.map(({ id }) => id) }
  })

for (const { name, skip, open } of engines) {
  test(`${name}: of 20 who bring one token at once, one brings a new one`, { skip }, async () => {
    await using db = await open()
    const token = { token_hash: 'a', expires_at: at(10) }
    const { ssoLogouts } = db.stores
    const all = await Promise.all(Array.from({ length: 20 }, () => ssoLogouts.take(token)))
    assert.equal(all.filter(Boolean).length, 1)
    await ssoLogouts.purgeExpired(at(9))
    assert.equal(await ssoLogouts.take(token), false)
    await ssoLogouts.purgeExpired(at(10))
    assert.equal(await ssoLogouts.take(token), true)
  })

  test(
    `${name}: a subject ends with all that came of it, and with nothing else`,
    { skip },
    async () => {
      await using db = await open()
      const [{ id }, { id: bob }] = [await someone(db, 'alice'), await someone(db, 'bob')]
      const own = [
        await opened(db, id, { ...alice, sso_sid: `${idp} 1` }),
        await opened(db, id, alice),
      ].map((one) => one.id)
      await opened(db, id, {})
      await opened(db, id, { ...alice, expires_at: at(1) })
      await opened(db, bob, { sso_subject: `${idp} bob` })
      const { users, ended } = await end(db, alice)
      assert.deepEqual([users, ended.toSorted()], [[id], own.toSorted()])
      assert.deepEqual((await end(db, alice)).ended, [])
      assert.equal((await db.stores.sessions.listLive(id, at(2))).length, 1)
    },
  )

  test(
    `${name}: a session ends with its own, whether or not it is said whose it is`,
    { skip },
    async () => {
      await using db = await open()
      const { id } = await someone(db, 'alice')
      const [one, two, three] = [
        await opened(db, id, { ...alice, sso_sid: `${idp} 1` }),
        await opened(db, id, { ...alice, sso_sid: `${idp} 2` }),
        await opened(db, id, { ...alice, sso_sid: `${idp} 3` }),
      ]
      const unknown = await opened(db, id, alice)
      assert.deepEqual(await end(db, session('1')), { users: [id], ended: [one.id] })
      assert.deepEqual(await end(db, session('other')), { users: [], ended: [] })
      const both = await end(db, { ...alice, sso_sid: `${idp} 2` })
      assert.deepEqual(both.ended.toSorted(), [two.id, unknown.id].toSorted())
      const others = { sso_subject: `${idp} bob`, sso_sid: `${idp} 3` }
      assert.deepEqual((await end(db, others)).ended, [])
      assert.equal((await db.stores.sessions.get(three.id)).revoked_at, null)
    },
  )

  test(
    `${name}: sign-ins that are under way are of the session that they would begin`,
    { skip },
    async () => {
      await using db = await open()
      const [{ id }, { id: bob }] = [await someone(db, 'alice'), await someone(db, 'bob')]
      const { sso, signInChallenges } = db.stores
      const common = { epoch: 0, expires_at: at(60), sso_sid: `${idp} 1` }
      const handoff = { code_hash: 'c', browser_hash: 'b', confirmed_at: at(0) }
      await sso.addHandoff({ ...common, ...handoff, user_id: id })
      await signInChallenges.add({ ...common, hash: 'h', tries_left: 5, user_id: bob })
      assert.deepEqual((await end(db, session('1'))).users.toSorted(), [id, bob].toSorted())
    },
  )

  test(`${name}: the session that is just being opened ends as well`, { skip }, async () => {
    await using db = await open()
    const user = await someone(db, 'alice')
    const begun = Promise.withResolvers<void>()
    const opening = db.transaction(async (stores) => {
      assert.ok(await stores.users.setSignedIn(user, at(0)))
      begun.resolve()
      await setTimeout(300)
      await opened({ stores }, user.id, alice)
    })
    await begun.promise
    await Promise.all([opening, end(db, alice)])
    assert.deepEqual(await db.stores.sessions.listLive(user.id, at(0)), [])
  })
}
