import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CANONICAL, ssoWorld, type SsoWorld } from './sso.test.kit.ts'

let world: SsoWorld
before(async () => (world = await ssoWorld()))
after(() => world[Symbol.asyncDispose]())

const over = { path: '/', query: { sso_error: 'expired' } }

/** Somebody who has come back and has not traded his code yet. */
async function landed() {
  const alice = world.visitor()
  const { query } = await alice.land(await alice.goAndCome())
  return { alice, handoff: String(query.handoff) }
}

async function refusedHandoff(visitor: Awaited<ReturnType<typeof landed>>['alice'], code: string) {
  const { status, body, headers } = await visitor.exchange(code)
  assert.deepEqual([status, JSON.parse(body).error.code], [400, 'invalid_handoff'])
  assert.equal(headers['set-cookie'], undefined)
}

test('a way back that is opened in another browser signs nobody in there', async () => {
  const mallory = world.visitor()
  const trap = await mallory.goAndCome()
  assert.deepEqual(await world.visitor().land(trap), over)
  assert.ok((await mallory.land(trap)).query.handoff) // It was still his own.
})

test("another's way back does not end the sign-in that a browser is at", async () => {
  const [alice, mallory] = [world.visitor(), world.visitor()]
  const back = await alice.goAndCome()
  assert.deepEqual(await alice.land(await mallory.goAndCome()), over)
  assert.ok((await alice.land(back)).query.handoff)
})

test('a code that was stolen on its way is of no use in a sign-in of one’s own', async () => {
  const [alice, mallory] = [world.visitor(), world.visitor()]
  const stolen = new URL(await alice.goAndCome()).searchParams.get('code') ?? ''
  const own = new URL(await mallory.goAndCome())
  own.searchParams.set('code', stolen)
  assert.deepEqual((await mallory.land(own.href)).query, { sso_error: 'answer_refused' })
})

test('an answer in the name of another provider is refused', async () => {
  const alice = world.visitor()
  const back = new URL(await alice.goAndCome())
  back.searchParams.set('iss', 'https://evil.example')
  assert.deepEqual((await alice.land(back.href)).query, { sso_error: 'answer_refused' })
})

test('a way back is good once', async () => {
  const alice = world.visitor()
  const back = await alice.goAndCome()
  assert.ok((await alice.land(back)).query.handoff)
  assert.deepEqual(await alice.land(back), over)
})

test('of twenty who come back the same way at once, one is let in', async () => {
  const alice = world.visitor()
  const back = await alice.goAndCome()
  const all = await Promise.all(Array.from({ length: 20 }, () => alice.land(back)))
  assert.equal(all.filter(({ query }) => query.handoff).length, 1)
})

test('an answer with another state, none, or one that is sent twice is refused', async () => {
  const alice = world.visitor()
  const back = new URL(await alice.goAndCome())
  const state = back.searchParams.get('state') ?? ''
  const changed = (change: (query: URLSearchParams) => void) => {
    const other = new URL(back)
    change(other.searchParams)
    return other.href
  }
  const flipped = `${state.startsWith('A') ? 'B' : 'A'}${state.slice(1)}`
  assert.deepEqual(await alice.land(changed((query) => query.set('state', flipped))), over)
  assert.deepEqual(await alice.land(changed((query) => query.delete('state'))), over)
  const { status, location } = await alice.visit(changed((query) => query.append('state', 'x')))
  assert.deepEqual([status, location], [400, null])
  assert.ok((await alice.land(back.href)).query.handoff)
})

test('a cookie that was made up is no browser that began a sign-in', async () => {
  const alice = world.visitor()
  const back = await alice.goAndCome()
  alice.cookies(world.origin).set('__Host-sso', 'x'.repeat(43))
  assert.deepEqual(await alice.land(back), over)
})

test('a sign-in has to come back within ten minutes', async () => {
  await using world = await ssoWorld()
  const alice = world.visitor()
  const back = await alice.goAndCome()
  world.pass(10 * 60_000)
  assert.deepEqual(await alice.land(back), over)
})

test('a code goes to no other provider than the one that gave it', async () => {
  await using world = await ssoWorld()
  const alice = world.visitor()
  const back = await alice.goAndCome()
  await world.set({ issuer: 'https://evil.example', client_secret: 'another' })
  assert.deepEqual(await alice.land(back), over)
})

test('of twenty who trade one handoff code at once, one gets tokens', async () => {
  const { alice, handoff } = await landed()
  const all = await Promise.all(Array.from({ length: 20 }, () => alice.exchange(handoff)))
  const statuses = all.map(({ status }) => status)
  assert.deepEqual(
    statuses.toSorted((one, other) => one - other),
    [200, ...Array<number>(19).fill(400)],
  )
})

test('a handoff code is good once, for a minute, in the browser that signed in', async () => {
  const { alice, handoff } = await landed()
  await refusedHandoff(world.visitor(), handoff)
  await refusedHandoff(alice, `${handoff}x`)
  await refusedHandoff(alice, '')
  assert.equal((await alice.exchange(handoff)).status, 200)
  await refusedHandoff(alice, handoff)
})

test('a handoff code is over after a minute', async () => {
  await using world = await ssoWorld()
  const alice = world.visitor()
  const { query } = await alice.land(await alice.goAndCome())
  world.pass(60_000)
  await refusedHandoff(alice, String(query.handoff))
})

test("another's handoff code signs nobody in as him", async () => {
  const [{ handoff }, { alice: victim }] = [await landed(), await landed()]
  await refusedHandoff(victim, handoff)
})

test('who was shut out in that minute gets no tokens', async () => {
  const { alice, handoff } = await landed()
  const user = await world.stores.users.find('alice')
  await world.stores.users.setPassword(user?.id ?? '', 'any: it ends what was granted before')
  await refusedHandoff(alice, handoff)
})

test('a handoff code is traded by this page alone', async () => {
  const { handoff } = await landed()
  const { code } = await world.ask('POST', `${CANONICAL}/handoff`, {
    headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    body: JSON.stringify({ handoff_code: handoff }),
  })
  assert.equal(code, 'forbidden_origin')
})
