import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CLIENT_ID } from '../oidc/provider.test.kit.ts'
import { bearer } from './asker.test.kit.ts'
import { ssoWorld, type SsoWorld, type Visitor } from './sso.test.kit.ts'

let world: SsoWorld
before(async () => (world = await ssoWorld({ sign_out_at_provider: true })))
after(() => world[Symbol.asyncDispose]())

const LOGOUT = '/api/v1/auth/logout'

async function signedIn(visitor: Visitor, on = world) {
  const { tokens } = await visitor.signIn()
  return on.as(tokens?.access_token)
}

/** What somebody does at the provider who is asked there whether he means it. */
async function confirm({ visit }: Visitor, sign_out_url: string) {
  const { body } = await visit(sign_out_url)
  const [, action = ''] = body.match(/action="([^"]+)"/) ?? []
  const [, xsrf = ''] = body.match(/name="xsrf" value="([^"]+)"/) ?? []
  return visit(action, { form: { xsrf, logout: 'yes' } })
}

test('who signs out goes on to the provider, ends his session there, and comes back', async () => {
  const alice = world.visitor()
  const [one, other] = [await signedIn(alice), await signedIn(alice)]
  const left = await one.logout()
  const place = new URL(left?.sign_out_url ?? '')
  assert.equal(place.origin, world.idp.issuer)
  assert.deepEqual(Object.fromEntries(place.searchParams), {
    client_id: CLIENT_ID,
    post_logout_redirect_uri: `${world.origin}/`,
  })
  await assert.rejects(one.getMe(), { code: 'unauthorized' })
  assert.equal((await other.getMe()).username, 'alice')

  const { location } = await confirm(alice, place.href)
  assert.equal(location, `${world.origin}/`)
  // What the same browser had open besides is of the same session there.
  await assert.rejects(other.getMe(), { code: 'unauthorized' })
})

test('it is told a script as well, and the cookie goes all the same', async () => {
  const { tokens } = await world.visitor().signIn()
  const { status, headers, body } = await world.ask('POST', LOGOUT, {
    headers: bearer(tokens?.access_token),
    body: '{}',
  })
  assert.deepEqual([status, Object.keys(JSON.parse(body))], [200, ['sign_out_url']])
  assert.match(String(headers['set-cookie']), /^__Host-refresh=; Max-Age=0;/)
})

test('who came by a password goes nowhere', async () => {
  const { status, body } = await world.ask('POST', LOGOUT, {
    headers: bearer(await world.signIn()),
    body: '{}',
  })
  assert.deepEqual([status, body], [204, ''])
})

test('nobody goes there unless the settings say so, or where single sign-on is off by then', async () => {
  for (const oidc of [{ sign_out_at_provider: false }, { enabled: false }]) {
    const alice = await signedIn(world.visitor())
    await world.set(oidc)
    assert.equal(await alice.logout(), undefined)
    await world.set({ enabled: true, sign_out_at_provider: true })
  }
})

test('nobody goes to a provider that did not let him in', async () => {
  const alice = await signedIn(world.visitor())
  await using other = await ssoWorld()
  await world.set({ issuer: other.idp.issuer, client_secret: 'another' })
  assert.equal(await alice.logout(), undefined)
  await world.set({ issuer: world.idp.issuer, client_secret: 'as before' })
})

test('a provider that is away keeps nobody from signing out', async () => {
  await using world = await ssoWorld({ sign_out_at_provider: true })
  const alice = await signedIn(world.visitor(), world)
  await world.idp.stop()
  assert.equal(await alice.logout(), undefined)
  await assert.rejects(alice.getMe(), { code: 'unauthorized' })
  assert.match(world.log.said('warn').join(), /nobody can be sent to the provider to sign out/)
})
