import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signed } from '../oidc/forging.test.kit.ts'
import { newKey } from '../oidc/provider.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'
import { saying, signedIn, tell } from './backchannel.test.kit.ts'
import { ssoWorld, type SsoWorld } from './sso.test.kit.ts'

/** How often the provider was asked for its keys. */
const asked = ({ idp }: SsoWorld) => idp.asked.filter((path) => path === '/jwks').length

async function flood(world: SsoWorld, claims: Record<string, unknown> = {}) {
  const key = await newKey()
  const one = async () => {
    const header = { kid: crypto.randomUUID() }
    return (await tell(world, await signed(saying(world, claims, header), key))).status
  }
  const statuses = await Promise.all(Array.from({ length: 100 }, one))
  assert.deepEqual([...new Set(statuses)], [400])
}

test('however many tokens somebody makes up, the provider is asked for its keys once in ten seconds', async () => {
  await using world = await ssoWorld()
  await flood(world)
  await flood(world)
  assert.equal(asked(world), 1)
  world.pass(10_000)
  await flood(world)
  assert.equal(asked(world), 2)
})

test('for tokens that are of another issuer or for another client it is not asked at all', async () => {
  await using world = await ssoWorld()
  await flood(world, { iss: 'https://evil.example' })
  await flood(world, { aud: 'another' })
  assert.deepEqual(world.idp.asked, [])
})

test('a flood of them keeps no true one out, and a new key counts within ten seconds', async () => {
  await using world = await ssoWorld()
  const [one, other] = [await signedIn(world), await signedIn(world)]
  await Promise.all([flood(world), world.idp.shutOut('alice', one.sid)])
  assert.equal(await one.lives(), false)
  await world.idp.rotateKey()
  world.pass(10_000)
  await world.idp.shutOut('alice')
  assert.equal(await other.lives(), false)
})

test('where the keys of the provider cannot be had nothing ends, and whoever tells of it is told why', async () => {
  await using world = await ssoWorld()
  const alice = await signedIn(world)
  const token = await world.idp.sign(saying(world))
  await world.idp.stop()
  for (let times = 0; times < 3; times++) {
    const { status, body } = await tell(world, token)
    assert.equal(status, 400)
    assert.match(JSON.parse(body).error.message, /keys .* cannot be had/)
  }
  assert.equal(await alice.lives(), true)
})

test('an address may tell so often a minute, and another one is heard meanwhile', async () => {
  await using world = await manager({ settings: { rate_limits: { sso_logout: 3 } } })
  const tellFrom = async (from: string) => (await tell(world, 'x', { from })).status
  for (const wanted of [404, 404, 404, 429, 429]) assert.equal(await tellFrom('127.0.0.1'), wanted)
  assert.equal(await tellFrom('127.0.0.2'), 404)
})
