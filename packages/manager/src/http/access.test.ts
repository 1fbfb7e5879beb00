import assert from 'node:assert/strict'
import { placeOf, type Endpoint } from '@linux-patch/shared/contract'
import { managerApi } from '@linux-patch/shared/manager-api'
import { after, before, test } from 'node:test'
import { SignJWT, importJWK } from 'jose'
import { openKeys } from '../pki/keys.ts'
import { newTokenKey, type Claims, type TokenKey } from '../services/sign-in/tokens.ts'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import { bearer } from './asker.test.kit.ts'

const endpoints = Object.entries<Endpoint>(managerApi)
const nobody = '019a0000-0000-7000-8000-000000000000'

let world: Manager
let person: Claims
let key: TokenKey
before(async () => {
  world = await manager()
  person = await world.tokens.read(await world.signIn())
  const keys = await openKeys({ path: world.config.master_key_file, secrets_exist: true })
  const ring = keys.open('token-keys', await world.stores.secrets.get('token-keys'))
  key = JSON.parse(ring).keys[0]
})
after(() => world[Symbol.asyncDispose]())

type Wrong = {
  audience?: string
  issuer?: string
  typ?: string
  until?: string
  key?: TokenKey
  /** What it says that it is signed by. */
  kid?: string | undefined
}

/** A token like those of the manager, but for what is said here. */
async function forged({ audience, issuer, typ = 'at+jwt', until = '1h', ...wrong }: Wrong) {
  const name = 'linux-patch-manager'
  const kid = 'kid' in wrong ? wrong.kid : key.kid
  return new SignJWT({ sid: person.session_id, epoch: person.epoch })
    .setProtectedHeader({ alg: 'EdDSA', typ, ...(kid !== undefined && { kid }) })
    .setSubject(person.user_id)
    .setIssuer(issuer ?? name)
    .setAudience(audience ?? name)
    .setIssuedAt()
    .setExpirationTime(until)
    .sign(await importJWK((wrong.key ?? key).jwk, 'EdDSA'))
}

function unsigned(token: string) {
  const [, claims = ''] = token.split('.')
  return `${Buffer.from(`{"alg":"none","typ":"at+jwt","kid":"${key.kid}"}`).toString('base64url')}.${claims}.`
}

const strangers: Record<string, () => Promise<string | undefined>> = {
  'no token': () => Promise.resolve(undefined),
  'an empty token': () => Promise.resolve(''),
  garbage: () => Promise.resolve('garbage.in.pieces'),
  'an expired token': () => forged({ until: '-1s' }),
  'a token for somebody else': () => forged({ audience: 'another-service' }),
  'a token by somebody else': () => forged({ issuer: 'another-service' }),
  'a token of another kind': () => forged({ typ: 'JWT' }),
  'a token signed by another key': async () => forged({ key: await newTokenKey(new Date()) }),
  'a token that names no key': () => forged({ kid: undefined }),
  'a token that names a key that nobody has': () => forged({ kid: 'x'.repeat(43) }),
  'a token that names another key, by which it is signed': async () => {
    const own = await newTokenKey(new Date())
    return forged({ key: own, kid: own.kid })
  },
  'a token that nobody signed': async () => unsigned(await forged({})),
  'a token of an older epoch': () => world.tokens.sign({ ...person, epoch: person.epoch - 1 }),
  'a token of no session': () => world.tokens.sign({ ...person, session_id: nobody }),
  'a token of another user': () => world.tokens.sign({ ...person, user_id: nobody }),
  'a token of a session that was signed out': async () => {
    const token = await world.signIn()
    await world.as(token).logout()
    return token
  },
}

/** The status of each endpoint when asked with nothing but a token. */
async function statusesWith(tokenOf: () => Promise<string | undefined>) {
  const asked: (readonly [name: string, status: number, code: string | undefined])[] = []
  // One after the other: some of them end other sessions.
  for (const [name, endpoint] of endpoints) {
    const { method, path } = placeOf(endpoint)
    const place = path.replace(':token', 'x').replace(/:\w+/g, nobody)
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }
    const headers = bearer(await tokenOf())
    const { status, code } = await world.ask(method, place, { headers, ...body })
    asked.push([name, status, code])
  }
  return asked
}

for (const [who, tokenOf] of Object.entries(strangers))
  test(`${who} opens nothing but what is open to anyone`, async () => {
    const token = await tokenOf()
    for (const [name, status, code] of await statusesWith(() => Promise.resolve(token))) {
      const { access } = managerApi[name as keyof typeof managerApi]
      if (access !== 'anyone') assert.deepEqual([name, status, code], [name, 401, 'unauthorized'])
      else assert.notEqual(code, 'forbidden_role')
    }
  })

test('what is open to anyone looks at no token at all', async () => {
  const withGarbage = await statusesWith(() => Promise.resolve('garbage'))
  const open = withGarbage.filter(([name]) => isOpen(name))
  assert.deepEqual(open, [
    ['login', 400, 'invalid_request'],
    ['refresh', 401, 'unauthorized'],
    ['logout', 401, 'unauthorized'],
    ['verifyMfa', 401, 'unauthorized'],
    ['getSsoConfig', 200, undefined],
    ['beginSso', 404, 'not_found'],
    ['endSso', 404, 'not_found'],
    ['exchangeHandoff', 400, 'invalid_request'],
    ['backchannelLogout', 400, 'invalid_request'],
    ['enroll', 400, 'invalid_request'],
    ['getEnrollmentStatus', 400, 'invalid_request'],
    ['getRootCertificate', 200, undefined],
    ['getHealth', 200, undefined],
  ])
})
const isOpen = (name: string) => managerApi[name as keyof typeof managerApi].access === 'anyone'

test('a token is taken from the header alone, whatever the case of its scheme', async () => {
  const token = await world.signIn()
  const me = async (headers: Record<string, string>, query = '') =>
    (await world.ask('GET', `/api/v1/users/me${query}`, { headers })).status
  assert.equal(await me({ authorization: `bearer ${token}` }), 200)
  assert.equal(await me({ authorization: `Basic ${token}` }), 401)
  assert.equal(await me({ authorization: token }), 401)
  assert.equal(await me({ cookie: `access_token=${token}` }), 401)
  assert.equal(await me({}, `?access_token=${token}`), 401)
})

test('a token signed with the public key as if it were a password opens nothing', async () => {
  const { x = '' } = key.jwk
  const secret = Buffer.from(x, 'base64url')
  const confused = new SignJWT({ sid: person.session_id, epoch: person.epoch })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })
    .setSubject(person.user_id)
    .setIssuer('linux-patch-manager')
    .setAudience('linux-patch-manager')
    .setExpirationTime('1h')
  const headers = bearer(await confused.sign(secret))
  assert.equal((await world.ask('GET', '/api/v1/users/me', { headers })).status, 401)
})
