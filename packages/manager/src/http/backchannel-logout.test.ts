import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'
import { BACKCHANNEL, saying, signedIn, tell } from './backchannel.test.kit.ts'
import { knock } from './socket.test.kit.ts'
import { ssoWorld, type SsoWorld } from './sso.test.kit.ts'

let world: SsoWorld
before(async () => (world = await ssoWorld()))
after(() => world[Symbol.asyncDispose]())

const unauthorized = { code: 'unauthorized' }

test('who is shut out at the provider is out here with his next request, wherever he is', async () => {
  const [one, other] = [await signedIn(world), await signedIn(world)]
  await world.idp.shutOut('alice')
  for (const alice of [one, other]) {
    await assert.rejects(alice.api.getMe(), unauthorized)
    await assert.rejects(alice.refreshed(), unauthorized)
  }
})

test('a session that ends at the provider ends the one that came of it, and no other', async () => {
  const [one, other] = [await signedIn(world), await signedIn(world)]
  assert.notEqual(one.sid, other.sid)
  await world.idp.shutOut('alice', one.sid)
  await assert.rejects(one.refreshed(), unauthorized)
  assert.equal((await other.refreshed()).user.display_name, 'Alice')
})

test('a session is enough of a name, also where nobody says whose it is', async () => {
  const [one, other] = [await signedIn(world), await signedIn(world)]
  const token = saying(world, { sub: undefined, sid: one.sid })
  assert.equal((await tell(world, await world.idp.sign(token))).status, 200)
  assert.deepEqual([await one.lives(), await other.lives()], [false, true])
})

test("a session is nobody's but that of the subject that is named with it", async () => {
  const alice = await signedIn(world)
  const token = saying(world, { sub: 'bob', sid: alice.sid })
  assert.equal((await tell(world, await world.idp.sign(token))).status, 200)
  assert.equal(await alice.lives(), true)
})

test('the open page of whoever is shut out is closed', async () => {
  const { api } = await signedIn(world)
  const { ticket } = await api.createTicket()
  using page = await knock(world, { ticket })
  assert.equal(page.status, 101)
  await world.idp.shutOut('alice')
  assert.equal(await page.closed, 4401)
})

test('a page that is open at another manager is closed as well, within seconds', async () => {
  await using other = await manager({ folder: world.folder })
  const { refreshed } = await signedIn(world)
  const { ticket } = await other.as((await refreshed()).access_token).createTicket()
  using page = await knock(other, { ticket })
  assert.equal(page.status, 101)
  await world.idp.shutOut('alice')
  assert.equal(await page.closed, 4401)
})

test('who has come back from the provider and has no session yet gets none', async () => {
  const alice = world.visitor()
  const { query } = await alice.land(await alice.goAndCome())
  await world.idp.shutOut('alice')
  assert.equal((await alice.exchange(query.handoff)).status, 400)
})

test('it is answered with nothing, which nobody keeps, also where nobody was signed in', async () => {
  for (const sub of ['alice', 'never seen']) {
    const { status, headers, body } = await tell(
      world,
      await world.idp.sign(saying(world, { sub })),
    )
    assert.deepEqual([status, body, headers['cache-control']], [200, '{}', 'no-store'])
    assert.equal(headers['set-cookie'], undefined)
  }
})

test('it goes on record in the name of the provider', async () => {
  const { user } = await signedIn(world)
  await world.idp.shutOut('alice')
  const [entry] = await world.recorded('sso_sign_out')
  assert.deepEqual(
    [entry?.actor_type, entry?.actor_name, entry?.target_id, entry?.ip, entry?.details],
    ['provider', world.idp.issuer, user.id, '127.0.0.1', { sessions: 1 }],
  )
})

test('who signs in by a password here is left alone, also where the provider knows him', async () => {
  const { token, id } = await world.person('viewer')
  const alice = await signedIn(world)
  await world.stores.sessions.add({
    user_id: alice.user.id,
    refresh_hash: 'of a password',
    ip: '127.0.0.1',
    user_agent: '',
    created_at: world.now().toISOString(),
    confirmed_at: world.now().toISOString(),
    expires_at: '9999-01-01T00:00:00.000Z',
  })
  for (const sub of [id, 'admin', 'alice'])
    assert.equal((await tell(world, await world.idp.sign(saying(world, { sub })))).status, 200)
  assert.equal((await world.as(token).getMe()).id, id)
  assert.equal(await alice.lives(), false)
  const left = await world.stores.sessions.listLive(alice.user.id, world.now().toISOString())
  assert.deepEqual(
    left.map(({ sso_subject }) => sso_subject),
    [null],
  )
})

test('a session that took a second factor here as well ends, and is not opened if it comes later', async () => {
  await using world = await ssoWorld()
  const admin = world.as(await world.signIn())
  await admin.changeSettings({ security: { mfa_for_sso: true } })
  const { id, nextCode } = await withPhone(world)
  await world.stores.ssoUsers.link(id, `${world.idp.issuer} alice`)
  const halfWay = async () => {
    const alice = world.visitor()
    const { query } = await alice.land(await alice.goAndCome())
    const { error } = JSON.parse((await alice.exchange(query.handoff)).body)
    assert.equal(error.code, 'mfa_required')
    return { mfa_token: String(error.details.mfa_token), code: await nextCode() }
  }

  const opened = await world.as().verifyMfa(await halfWay())
  assert.ok('access_token' in opened)
  const [session] = await world.stores.sessions.listLive(id, world.now().toISOString())
  const proof = await halfWay()
  await world.idp.shutOut('alice', session?.sso_sid?.split(' ')[1])
  await assert.rejects(world.as(opened.access_token).getMe(), unauthorized)
  await assert.rejects(world.as().verifyMfa(proof), unauthorized)
})

test('where single sign-on is off there is nobody to hear it', async () => {
  await using off = await manager()
  assert.equal((await tell(off, 'any')).status, 404)
})

test('no browser brings it, and it comes as a form', async () => {
  const token = await world.idp.sign(saying(world))
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  assert.equal((await tell(world, token, { headers })).code, 'forbidden_origin')
  const body = JSON.stringify({ logout_token: token })
  assert.equal((await world.ask('POST', BACKCHANNEL, { body })).status, 400)
  assert.equal((await tell(world, token, { more: 'of its own' })).status, 200)
})
