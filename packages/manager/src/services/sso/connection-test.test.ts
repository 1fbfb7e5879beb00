import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { MASKED, settingsDefaults } from '@linux-patch/shared/settings'
import type { SsoTest } from '@linux-patch/shared/settings/sso-tests'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  identityProvider,
  type IdentityProvider,
} from '../../oidc/provider.test.kit.ts'
import { newKeyPair } from '../../pki/key-pair.ts'
import { manager, type Manager } from '../../start/manager.test.kit.ts'

const rate_limits = { sign_in: 1000, settings_test: 1000 }
const redirect_uri = 'https://manager.example.org/api/v1/auth/sso/callback'
const tenant_id = '8f3c1f0e-6a52-4b0f-9e0d-0c8a4f5d2b11'

let world: Manager
let admin: ReturnType<Manager['as']>
let idp: IdentityProvider
let microsoft: IdentityProvider
before(async () => {
  idp = await identityProvider({ redirect_uris: [redirect_uri] })
  microsoft = await identityProvider({
    redirect_uris: [redirect_uri],
    path: `/${tenant_id}/v2.0`,
  })
  const sso = { http_on_loopback: true, microsoft_url: microsoft.origin }
  world = await manager({ settings: { rate_limits, sso } })
  admin = world.as(await world.signIn())
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await idp.stop()
  await microsoft.stop()
})
beforeEach(() => admin.changeSettings({ oidc: { ...settingsDefaults.oidc, client_secret: null } }))

const candidate = (more: object = {}) => ({
  issuer: idp.issuer,
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  redirect_uri,
  ...more,
})
const results = ({ checks }: SsoTest) =>
  Object.fromEntries(checks.map(({ name, result }) => [name, result]))
const messageOf = ({ checks }: SsoTest, name: string) =>
  checks.find((check) => check.name === name)?.message ?? ''
const allWell = {
  discovery: 'ok',
  endpoints: 'ok',
  keys: 'ok',
  pkce: 'ok',
  scopes: 'ok',
  client: 'ok',
  redirect: 'ok',
}

/** Whatever a provider should not be. */
async function impostor(answer: (issuer: string) => RequestListener) {
  const server = createServer((request, response) => answer(issuer)(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
const saying =
  (more: object): ((issuer: string) => RequestListener) =>
  (issuer) =>
  (request, response) => {
    const places = ['authorization', 'token', 'userinfo'].map((name) => [
      `${name}_endpoint`,
      `${issuer}/${name}`,
    ])
    const usual = { issuer, ...Object.fromEntries(places), jwks_uri: `${issuer}/jwks` }
    const isMetadata = request.url?.startsWith('/.well-known/')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(isMetadata ? { ...usual, ...more } : { keys: [] }))
  }

test('a provider is asked where its parts are and what it can', async () => {
  const { issuer } = idp
  const { signing_algorithms, scopes, claims, ...said } = await admin.discoverProvider({ issuer })
  assert.deepEqual(said, {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/me`,
    end_session_endpoint: `${issuer}/session/end`,
    jwks_uri: `${issuer}/jwks`,
    client_authentication: said.client_authentication,
    pkce: true,
  })
  assert.ok(said.client_authentication.includes('client_secret_basic'))
  assert.ok(signing_algorithms.includes('RS256') && !signing_algorithms.includes('HS256'))
  assert.ok(scopes.includes('openid') && claims.includes('email'))
})

test('where no redirect address is set, it is the own one that is tried out', async () => {
  const { redirect_uri: own } = await admin.testSso({ oidc: candidate({ redirect_uri: null }) })
  await using knowing = await identityProvider({ redirect_uris: [own] })
  const { issuer } = knowing
  const found = await admin.testSso({ oidc: candidate({ issuer, redirect_uri: null }) })
  assert.deepEqual(results(found), allWell)
})

test('settings by which people could sign in pass every check', async () => {
  const tried = await admin.testSso({ oidc: candidate() })
  assert.deepEqual(results(tried), allWell)
  assert.deepEqual([tried.ok, tried.redirect_uri], [true, redirect_uri])
  assert.deepEqual((await admin.getSettings()).oidc, {
    ...settingsDefaults.oidc,
    client_secret: null,
  })
})

test('the stored ones are tried where none are sent, with the secret that is set', async () => {
  await admin.changeSettings({ oidc: candidate() })
  assert.deepEqual(results(await admin.testSso()), allWell)
  const kept = await admin.testSso({ oidc: { client_secret: MASKED, scopes: ['openid'] } })
  assert.deepEqual(results(kept), allWell)
})

test('a wrong secret and a client that is not known are told from a wrong code', async () => {
  const wrong = await admin.testSso({ oidc: candidate({ client_secret: 'wrong' }) })
  assert.deepEqual(results(wrong), { ...allWell, client: 'failed' })
  assert.match(messageOf(wrong, 'client'), /refuses the client_id and its secret: invalid_client/)
  const unknown = await admin.testSso({ oidc: candidate({ client_id: 'nobody' }) })
  assert.deepEqual(results(unknown), { ...allWell, client: 'failed', redirect: 'failed' })
  assert.equal(unknown.ok, false)
})

test('an address that the provider does not send people back to is told', async () => {
  const elsewhere = 'https://manager.example.net/api/v1/auth/sso/callback'
  const tried = await admin.testSso({ oidc: candidate({ redirect_uri: elsewhere }) })
  assert.deepEqual(results(tried), { ...allWell, redirect: 'failed' })
  assert.match(messageOf(tried, 'redirect'), /manager\.example\.net/)
})

test("where none is set the provider is asked about the manager's own address", async () => {
  const tried = await admin.testSso({ oidc: candidate({ redirect_uri: null }) })
  assert.equal(tried.redirect_uri, `${world.urls[0]}/api/v1/auth/sso/callback`)
  assert.equal(results(tried).redirect, 'failed')
})

test('scopes that the provider does not name are named', async () => {
  const tried = await admin.testSso({ oidc: candidate({ scopes: ['openid', 'everything'] }) })
  assert.equal(results(tried).scopes, 'unknown')
  assert.match(messageOf(tried, 'scopes'), /: everything\./)
})

test('the secret that is set is not told to another provider or for another client', async () => {
  await admin.changeSettings({ oidc: candidate() })
  await using other = await impostor(saying({}))
  for (const oidc of [{ issuer: other.issuer }, { client_id: 'x', client_secret: MASKED }])
    await assert.rejects(admin.testSso({ oidc }), /stored oidc\.client_secret is not sent/)
})

const impostors: Record<string, [(issuer: string) => RequestListener, RegExp]> = {
  'is no provider': [() => (_request, response) => response.writeHead(404).end(), /status 404/],
  'answers a page': [() => (_request, response) => response.end('<html>'), /not JSON/],
  'answers broken JSON': [
    () => (_request, response) =>
      response.setHeader('content-type', 'application/json').end('{"issuer": s3cret'),
    /not JSON/,
  ],
  'answers a list': [
    () => (_request, response) =>
      response.setHeader('content-type', 'application/json').end('["s3cret"]'),
    /not what it has to be/,
  ],
  'sends elsewhere': [
    () => (_request, response) => response.writeHead(302, { location: idp.issuer }).end(),
    /status 302/,
  ],
  'calls itself something else': [saying({ issuer: 'https://s3cret.example' }), /another issuer/],
  'never ends': [
    () => (_request, response) => {
      response.setHeader('content-type', 'application/json')
      const flood = setInterval(() => response.write('x'.repeat(100_000)), 1)
      response.on('close', () => clearInterval(flood))
    },
    /more than 1 MiB/,
  ],
  'breaks off': [
    () =>
      ({ socket }) =>
        socket.destroy(),
    /cannot be reached: UND_ERR_SOCKET/,
  ],
  'signs by shared secrets alone': [
    saying({ id_token_signing_alg_values_supported: ['HS256', 'none'] }),
    /as an OpenID provider/,
  ],
}
for (const [what, [answer, expected]] of Object.entries(impostors))
  test(`a provider that ${what} is told as such, and nothing of its answer`, async () => {
    await using server = await impostor(answer)
    const { issuer } = server
    const error = await admin.discoverProvider({ issuer }).then(
      () => assert.fail('It passed.'),
      (error: Error & { code?: string }) => error,
    )
    assert.equal(error.code, 'provider_unavailable')
    assert.match(error.message, expected)
    assert.ok(!error.message.includes('s3cret'))
    const tried = await admin.testSso({ oidc: candidate({ issuer }) })
    assert.deepEqual(results(tried), { discovery: 'failed' })
    assert.match(messageOf(tried, 'discovery'), expected)
  })

test('a provider without keys, or with places that are none, fails those checks', async () => {
  await using bare = await impostor(saying({}))
  const tried = await admin.testSso({ oidc: candidate({ issuer: bare.issuer }) })
  assert.deepEqual([results(tried).keys, results(tried).pkce], ['failed', 'unknown'])
  for (const jwks_uri of [undefined, 'file:///etc/passwd', 7]) {
    await using odd = await impostor(saying({ jwks_uri }))
    const tried = await admin.testSso({ oidc: candidate({ issuer: odd.issuer }) })
    assert.deepEqual(results(tried), { discovery: 'ok', endpoints: 'failed' })
  }
})

test('a provider on this machine that names another machine without TLS is not followed there', async () => {
  const jwks_uri = 'http://192.0.2.1/latest/meta-data'
  await using server = await impostor(saying({ jwks_uri }))
  const tried = await admin.testSso({ oidc: candidate({ issuer: server.issuer }) })
  assert.match(messageOf(tried, 'keys'), /names an address that is not https/)
})

test('a provider that is silent is given up after ten seconds', async () => {
  await using server = await impostor(() => () => {})
  await assert.rejects(admin.discoverProvider({ issuer: server.issuer }), /did not answer in time/)
})

test('a provider whose certificate nobody vouches for is not believed', async () => {
  const { key_pem, publicKey } = newKeyPair()
  const names = { identity: 'urn:of:a:test', dns_names: ['localhost'], ip_addresses: [] }
  const { cert_pem } = await world.authority.issue('web', names, publicKey)
  const server = createTlsServer({ key: key_pem, cert: cert_pem }, () =>
    assert.fail('It was asked.'),
  )
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  await assert.rejects(admin.discoverProvider({ issuer }), /cannot be reached: \w*(LEAF|CERT)\w*\./)
  server.close()
})

test('nobody there is told as such', async () => {
  const { issuer } = await (async () => {
    await using gone = await impostor(saying({}))
    return gone
  })()
  await assert.rejects(admin.discoverProvider({ issuer }), /cannot be reached: ECONNREFUSED/)
})

const noIssuer = [
  'file:///etc/passwd',
  'http://example.org',
  'http://127.0.0.1.example.org',
  'https://a:b@example.org',
  'https://example.org/?a=b',
  'https://example.org/#a',
  'javascript:alert(1)',
  '',
]
for (const issuer of noIssuer)
  test(`${JSON.stringify(issuer)} is no issuer`, () =>
    assert.rejects(admin.discoverProvider({ issuer }), { code: 'invalid_request' }))

test('without leave a provider on this machine has to have TLS too', async () => {
  await using strict = await manager({ settings: { rate_limits } })
  const its = strict.as(await strict.signIn())
  const { issuer } = idp
  await assert.rejects(its.discoverProvider({ issuer }), /oidc\.issuer must be an https address/)
  await assert.rejects(its.testSso({ oidc: candidate() }), /oidc\.issuer must be an https address/)
})

test('a tenant of Microsoft Entra is tried by its id', async () => {
  await admin.changeSettings({ oidc: { redirect_uri } })
  const client = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET }
  assert.deepEqual(results(await admin.testAzureSso({ tenant_id, ...client })), allWell)
  const shouted = { ...client, tenant_id: tenant_id.toUpperCase() }
  assert.deepEqual(results(await admin.testAzureSso(shouted)), allWell)
  const other = { ...client, tenant_id: '8f3c1f0e-6a52-4b0f-9e0d-0c8a4f5d2b12' }
  assert.deepEqual(results(await admin.testAzureSso(other)), { discovery: 'failed' })
  for (const wrong of ['common', '../common', 'contoso.onmicrosoft.com', `${tenant_id}/../x`, ''])
    await assert.rejects(admin.testAzureSso({ ...client, tenant_id: wrong }), {
      code: 'invalid_request',
    })
})

test('each test is on record, and no secret with it', async () => {
  await admin.testSso({ oidc: candidate({ client_secret: 'wr0ng-s3cret' }) })
  const entries = await world.stores.audit.list({ limit: 10_000, offset: 0 })
  const entry = entries.findLast(({ action }) => action === 'sso_test')
  assert.deepEqual([entry?.outcome, entry?.details.client], ['failure', 'failed'])
  const told = JSON.stringify(entries) + world.log.everything()
  for (const secret of ['wr0ng-s3cret', CLIENT_SECRET]) assert.ok(!told.includes(secret))
})

test('nobody but an administrator asks providers', async () => {
  for (const role of ['operator', 'auditor', 'viewer']) {
    const its = world.as((await world.person(role)).token)
    const forbidden = { code: 'forbidden_role' }
    await assert.rejects(its.discoverProvider({ issuer: idp.issuer }), forbidden)
    await assert.rejects(its.testSso(), forbidden)
    await assert.rejects(its.testAzureSso({ tenant_id, client_id: 'x' }), forbidden)
  }
})
