import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SignJWT, decodeJwt, type JWK } from 'jose'
import { signed } from '../oidc/forging.test.kit.ts'
import { CLIENT_ID, CLIENT_SECRET, newKey, type IdToken } from '../oidc/provider.test.kit.ts'
import { BACKCHANNEL, EVENT, saying, signedIn, tell } from './backchannel.test.kit.ts'
import { ssoWorld, type SsoWorld } from './sso.test.kit.ts'

let world: SsoWorld
let alice: Awaited<ReturnType<typeof signedIn>>
before(async () => {
  world = await ssoWorld()
  alice = await signedIn(world)
})
after(() => world[Symbol.asyncDispose]())

const openKey = async () => {
  const { keys } = (await (await fetch(`${world.idp.issuer}/jwks`)).json()) as { keys: JWK[] }
  return keys[0]
}
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = () => Math.floor(Date.now() / 1000)

async function refused(token: string, on = world) {
  const { status, body, headers } = await tell(on, token)
  const { code, message, details } = JSON.parse(body).error
  assert.deepEqual(
    [status, code, message, details],
    [400, 'invalid_request', 'The logout token is not valid.', {}],
  )
  assert.equal(headers['cache-control'], 'no-store')
}

const unsigned = ({ header, claims }: IdToken, alg: string) =>
  `${encoded({ ...header, alg })}.${encoded(claims)}.`
const bySecret = ({ header, claims }: IdToken, secret: string) =>
  new SignJWT(claims)
    .setProtectedHeader({ ...header, alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))

const forged: Record<string, (told: IdToken) => Promise<string> | string> = {
  'that nobody signed': (told) => unsigned(told, 'none'),
  'that nobody signed, which says otherwise': (told) => unsigned(told, 'RS256'),
  'that the secret of the client signed': (told) => bySecret(told, CLIENT_SECRET),
  "that is signed with the provider's open key as a secret": async (told) =>
    bySecret(told, JSON.stringify(await openKey())),
  'that another key signed': async (told) => signed(told, await newKey()),
  'that another key signed, under the name of the right one': async (told) => {
    const header = { ...told.header, kid: (await openKey())?.kid }
    return signed({ ...told, header }, await newKey())
  },
  'that brings its own key': async (told) => {
    const key = await newKey()
    const { kty, n, e } = key
    return signed({ ...told, header: { ...told.header, jwk: { kty, n, e } } }, key)
  },
  'that says what must be understood, and is not': async (told) => {
    const [, claims, signature] = (await world.idp.sign(told)).split('.')
    return [encoded({ ...told.header, crit: ['more'], more: 1 }), claims, signature].join('.')
  },
  'whose claims were changed': async (told) => {
    const [header, , signature] = (await world.idp.sign(told)).split('.')
    return [header, encoded({ ...told.claims, sub: 'bob' }), signature].join('.')
  },
  'that is none': () => 'x',
  'that is empty but for its dots': () => '..',
}

for (const [what, forge] of Object.entries(forged))
  test(`a logout token ${what} ends nothing`, async () => {
    await refused(await forge(saying(world)))
    assert.equal(await alice.lives(), true)
  })

const wrong: Record<string, [claims: Record<string, unknown>, header?: Record<string, unknown>]> = {
  'of another issuer': [{ iss: 'https://evil.example' }],
  'of no issuer': [{ iss: undefined }],
  'for another client': [{ aud: 'another' }],
  'for nobody': [{ aud: undefined }],
  'for two clients, and from the other one': [{ aud: [CLIENT_ID, 'another'], azp: 'another' }],
  'for two clients': [{ aud: [CLIENT_ID, 'another'] }],
  'that is six minutes old': [{ iat: now() - 6 * 60 }],
  'that will be made in two minutes': [{ iat: now() + 120 }],
  'of no time': [{ iat: undefined }],
  'of an odd time': [{ iat: String(now()) }],
  'whose time is over': [{ exp: now() - 60 }],
  'that is not good yet': [{ nbf: now() + 120 }],
  'with a nonce': [{ nonce: 'n' }],
  'with a nonce that is null': [{ nonce: null }],
  'without events': [{ events: undefined }],
  'of another event': [{ events: { 'https://schemas.example/other': {} } }],
  'whose event is no object': [{ events: { [EVENT]: 'yes' } }],
  'whose events are a list': [{ events: [EVENT] }],
  'without a name of its own': [{ jti: undefined }],
  'with an empty name of its own': [{ jti: '' }],
  'of neither a subject nor a session': [{ sub: undefined }],
  'of a subject that is no name': [{ sub: ['alice'] }],
  'of a session that is no name': [{ sid: { $ne: null } }],
  'that is an access token by its type': [{}, { typ: 'at+jwt' }],
}

for (const [what, [claims, header]] of Object.entries(wrong))
  test(`a logout token ${what} ends nothing, though the provider signed it`, async () => {
    await refused(await world.idp.sign(saying(world, claims, header)))
    assert.equal(await alice.lives(), true)
  })

test('an identity token ends nothing', async () => {
  const given: string[] = []
  world.idp.state.forge = async (token, key) => {
    const issued = await signed(token, key)
    given.push(issued)
    return issued
  }
  await world.visitor().signIn()
  world.idp.state.forge = undefined
  await refused(given[0] ?? '')
  assert.equal(await alice.lives(), true)
})

test('a logout token is good once, for all managers on one database', async () => {
  const token = await world.idp.sign(saying(world, { sub: 'bob' }))
  const all = await Promise.all(Array.from({ length: 20 }, () => tell(world, token)))
  const statuses = all.map(({ status }) => status).toSorted((one, other) => one - other)
  assert.deepEqual(statuses, [200, ...Array<number>(19).fill(400)])
  await refused(token)
  // The same name in another saying: it was told already.
  const { jti } = decodeJwt(token)
  await refused(await world.idp.sign(saying(world, { jti })))
  assert.equal(await alice.lives(), true)
})

test('types as other providers write them are taken, and what is not named is not looked at', async () => {
  for (const typ of ['JWT', 'logout+jwt', 'application/logout+jwt', undefined]) {
    const token = saying(world, { sub: 'bob', more: 'of its own', exp: now() + 120 }, { typ })
    assert.equal((await tell(world, await world.idp.sign(token))).status, 200)
  }
})

test('what is wrong is told the log, and neither the token nor its claims', async () => {
  const token = await world.idp.sign(saying(world, { sub: 'a-subject', iat: now() - 3600 }))
  await refused(token)
  const said = world.log.said('warn').at(-1) ?? ''
  assert.match(
    said,
    /iat.* claim timestamp check failed \(too far in the past\).* a logout token was/,
  )
  for (const secret of [token, 'a-subject']) assert.ok(!world.log.everything().includes(secret))
})

test('a body that is long is not read', async () => {
  const { status } = await tell(world, 'x'.repeat(17 * 1024))
  assert.equal(status, 413)
  const body = Array.from({ length: 50 }, (_, number) => `a${number}=1`).join('&')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  assert.equal((await world.ask('POST', BACKCHANNEL, { headers, body })).status, 413)
  const twice = 'logout_token=a&logout_token=b'
  assert.equal((await world.ask('POST', BACKCHANNEL, { headers, body: twice })).status, 400)
})
