import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { SignJWT, UnsecuredJWT } from 'jose'
import { Agent } from 'undici'
import { browser } from './browser.test.kit.ts'
import { connect } from './connect.ts'
import { addressOf, identityFrom, type Marks } from './flow.ts'
import { saying, signed } from './forging.test.kit.ts'
import { whyOf } from './problem.ts'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  identityProvider,
  newKey,
  type Forge,
  type IdentityProvider,
} from './provider.test.kit.ts'

const redirect_uri = 'https://manager.example/api/v1/auth/sso/callback'
const wanted = { scopes: ['openid', 'profile', 'email'], max_age_seconds: 1800 }
// RFC 7636, appendix B.
const code_verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const code_challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const marks: Marks = { state: 'a state', nonce: 'a nonce', code_verifier }
const alice = {
  email: 'alice@example.org',
  email_verified: true,
  name: 'Alice',
  preferred_username: 'alice',
  groups: ['patchers', 'everybody'],
}

let idp: IdentityProvider
before(async () => {
  idp = await identityProvider({ redirect_uris: [redirect_uri] })
  idp.people.set('alice', alice)
})
after(() => idp.stop())
beforeEach(() => {
  idp.state.forge = undefined
  idp.state.refuses = false
})

const settings = () => ({ issuer: idp.issuer, client_id: CLIENT_ID, client_secret: CLIENT_SECRET })

/** Goes to the provider and back, and answers what the browser brings. */
async function wayBack(): Promise<Record<string, string>> {
  const provider = await connect(settings())
  const address = await addressOf({ provider, redirect_uri, marks }, wanted)
  const { follow } = browser(new Agent())
  const back = await follow(address, ({ href }) => href.startsWith(redirect_uri))
  return Object.fromEntries(back.searchParams)
}

async function come(brought?: Record<string, string>, mine: Partial<Marks> = {}) {
  const provider = await connect(settings())
  const asked = { provider, redirect_uri, marks: { ...marks, ...mine } }
  return identityFrom(asked, brought ?? (await wayBack()), 'groups')
}

test('whoever comes back is who the provider says', async () => {
  const { proved_at, ...identity } = await come()
  assert.ok(Math.abs(Date.now() - (proved_at?.getTime() ?? 0)) < 60_000)
  assert.deepEqual(identity, {
    issuer: idp.issuer,
    subject: 'alice',
    sid: null,
    verified_email: 'alice@example.org',
    display_name: 'Alice',
    names: ['alice', 'alice@example.org'],
    groups: ['patchers', 'everybody'],
  })
})

test('what the identity token does not hold is asked for with the access token', async () => {
  await using sparing = await identityProvider({ redirect_uris: [redirect_uri], conform: true })
  sparing.people.set('alice', alice)
  const other = { ...settings(), issuer: sparing.issuer }
  const provider = await connect(other)
  const address = await addressOf({ provider, redirect_uri, marks }, wanted)
  const { follow } = browser(new Agent())
  const back = await follow(address, ({ href }) => href.startsWith(redirect_uri))
  const asked = { provider, redirect_uri, marks }
  const identity = await identityFrom(asked, Object.fromEntries(back.searchParams), 'groups')
  assert.deepEqual(identity.groups, ['patchers', 'everybody'])
  assert.equal(identity.verified_email, 'alice@example.org')
})

test('the browser takes a challenge along, and the verifier stays (RFC 7636, appendix B)', async () => {
  const provider = await connect(settings())
  const address = new URL(await addressOf({ provider, redirect_uri, marks }, wanted))
  assert.deepEqual(Object.fromEntries(address.searchParams), {
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri,
    scope: 'openid profile email',
    state: 'a state',
    nonce: 'a nonce',
    code_challenge,
    code_challenge_method: 'S256',
    max_age: '1800',
  })
})

const refused = { code: 'answer_refused' }

test('an answer to another question, of another provider or without a code is refused', async () => {
  const brought = await wayBack()
  await assert.rejects(come({ ...brought, state: 'another' }), refused)
  await assert.rejects(come({ ...brought, iss: 'https://evil.example' }), refused)
  const { iss: _iss, ...without } = brought
  await assert.rejects(come(without), refused) // This provider says that it always names itself.
  await assert.rejects(come({ state: 'a state', iss: idp.issuer }), refused)
  assert.equal((await come(brought)).subject, 'alice') // None of them cost the code.
})

test('a code that somebody else got is refused for want of his verifier', async () => {
  const brought = await wayBack()
  const other = { code_verifier: 'x'.repeat(43) }
  await assert.rejects(come(brought, other), refused)
})

test('a code is good for one sign-in', async () => {
  const brought = await wayBack()
  await come(brought)
  await assert.rejects(come(brought), refused)
})

test('a code that nobody gave is refused', async () => {
  const brought = await wayBack()
  await assert.rejects(come({ ...brought, code: 'made up' }), refused)
})

test('whom the provider does not let in is not let in, whatever it says about it', async () => {
  idp.state.refuses = true
  await assert.rejects(come(), { code: 'refused_by_provider' })
})

const long = 3600
const now = () => Math.floor(Date.now() / 1000)

const faulty: Record<string, Forge> = {
  'for another sign-in': saying({ nonce: 'another nonce' }),
  'for no sign-in in particular': saying({ nonce: undefined }),
  'for another client': saying({ aud: 'another-client' }),
  'for several, and meant for another': saying({ aud: [CLIENT_ID, 'other'], azp: 'other' }),
  'that has expired': saying({ iat: now() - 2 * long, exp: now() - long }),
  'that never expires': saying({ exp: undefined }),
  'of another provider': saying({ iss: 'https://evil.example' }),
  'about nobody': saying({ sub: undefined }),
  'about somebody whose name holds a line end': saying({ sub: 'alice\nadmin' }),
  'that nobody signed': ({ claims }) => Promise.resolve(new UnsecuredJWT(claims).encode()),
  'signed with the client secret': ({ header, claims }) =>
    new SignJWT(claims)
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(new TextEncoder().encode(CLIENT_SECRET)),
  'signed with the public key as a secret': ({ header, claims }, { n = '' }) =>
    new SignJWT(claims)
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(Buffer.from(n, 'base64url')),
  "signed by somebody else in the key's name": async (token) => signed(token, await newKey()),
  'signed by a key that the provider does not know': async ({ header, claims }) => {
    const key = await newKey()
    return signed({ header: { ...header, kid: key.kid }, claims }, key)
  },
  'that was changed after it was signed': async (token, key) => {
    const [header, , signature] = (await signed(token, key)).split('.')
    const claims = Buffer.from(JSON.stringify({ ...token.claims, sub: 'admin' }))
    return [header, claims.toString('base64url'), signature].join('.')
  },
  'that is none': () => Promise.resolve('nonsense'),
}

for (const [what, forge] of Object.entries(faulty))
  test(`an identity token ${what} is refused`, async () => {
    idp.state.forge = forge
    const error = await come().then(
      () => assert.fail('It was taken.'),
      (error: unknown) => error,
    )
    assert.equal((error as { code?: string }).code, 'answer_refused', whyOf(error))
  })

test('one that was signed anew and is right is taken: what is refused above is refused for its fault', async () => {
  idp.state.forge = saying({})
  assert.equal((await come()).subject, 'alice')
})

test('a provider that takes another key is believed at once', async () => {
  await come()
  await idp.rotateKey()
  assert.equal((await come()).subject, 'alice')
})

test('a provider that is away, or is another than it was to be, is not gone on with', async () => {
  const unavailable = { code: 'provider_unavailable' }
  await assert.rejects(connect({ ...settings(), issuer: 'http://127.0.0.1:1' }), unavailable)
  await assert.rejects(connect({ ...settings(), issuer: `${idp.issuer}/other` }), unavailable)
  const alias = idp.issuer.replace('127.0.0.1', 'localhost')
  await assert.rejects(connect({ ...settings(), issuer: alias }), unavailable)
})

test('what is logged of a refusal names the fault and holds no token', async () => {
  idp.state.forge = saying({ aud: 'another-client' })
  const error = await come().catch((error: unknown) => error)
  const why = whyOf((error as Error).cause)
  assert.match(why, /aud/)
  assert.doesNotMatch(why, /eyJ/)
})
