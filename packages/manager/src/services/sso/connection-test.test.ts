import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { MASKED, settingsDefaults } from '@linux-patch/shared/settings'
import { CLIENT_ID, CLIENT_SECRET, identityProvider } from '../../oidc/provider.test.kit.ts'
import {
  allWell,
  messageOf,
  redirect_uri,
  results,
  tenant_id,
  ssoTests,
  type SsoTests,
} from './sso-tests.test.kit.ts'

let world: SsoTests
before(async () => (world = await ssoTests()))
after(() => world[Symbol.asyncDispose]())
beforeEach(() => world.forget())

test('a provider is asked where its parts are and what it can', async () => {
  const { issuer } = world.idp
  const { signing_algorithms, scopes, claims, ...said } = await world.admin.discoverProvider({
    issuer,
  })
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
  const { redirect_uri: own } = await world.admin.testSso({
    oidc: world.candidate({ redirect_uri: null }),
  })
  await using knowing = await identityProvider({ redirect_uris: [own] })
  const { issuer } = knowing
  const found = await world.admin.testSso({ oidc: world.candidate({ issuer, redirect_uri: null }) })
  assert.deepEqual(results(found), allWell)
})

test('settings by which people could sign in pass every check', async () => {
  const tried = await world.admin.testSso({ oidc: world.candidate() })
  assert.deepEqual(results(tried), allWell)
  assert.deepEqual([tried.ok, tried.redirect_uri], [true, redirect_uri])
  assert.deepEqual((await world.admin.getSettings()).oidc, {
    ...settingsDefaults.oidc,
    client_secret: null,
  })
})

test('the stored ones are tried where none are sent, with the secret that is set', async () => {
  await world.admin.changeSettings({ oidc: world.candidate() })
  assert.deepEqual(results(await world.admin.testSso()), allWell)
  const kept = await world.admin.testSso({ oidc: { client_secret: MASKED, scopes: ['openid'] } })
  assert.deepEqual(results(kept), allWell)
})

test('a wrong secret and a client that is not known are told from a wrong code', async () => {
  const wrong = await world.admin.testSso({ oidc: world.candidate({ client_secret: 'wrong' }) })
  assert.deepEqual(results(wrong), { ...allWell, client: 'failed' })
  assert.match(messageOf(wrong, 'client'), /refuses the client_id and its secret: invalid_client/)
  const unknown = await world.admin.testSso({ oidc: world.candidate({ client_id: 'nobody' }) })
  assert.deepEqual(results(unknown), { ...allWell, client: 'failed', redirect: 'failed' })
  assert.equal(unknown.ok, false)
})

test('an address that the provider does not send people back to is told', async () => {
  const elsewhere = 'https://manager.example.net/api/v1/auth/sso/callback'
  const tried = await world.admin.testSso({ oidc: world.candidate({ redirect_uri: elsewhere }) })
  assert.deepEqual(results(tried), { ...allWell, redirect: 'failed' })
  assert.match(messageOf(tried, 'redirect'), /manager\.example\.net/)
})

test("where none is set the provider is asked about the manager's own address", async () => {
  const tried = await world.admin.testSso({ oidc: world.candidate({ redirect_uri: null }) })
  assert.equal(tried.redirect_uri, `${world.urls[0]}/api/v1/auth/sso/callback`)
  assert.equal(results(tried).redirect, 'failed')
})

test('scopes that the provider does not name are named', async () => {
  const tried = await world.admin.testSso({
    oidc: world.candidate({ scopes: ['openid', 'everything'] }),
  })
  assert.equal(results(tried).scopes, 'unknown')
  assert.match(messageOf(tried, 'scopes'), /: everything\./)
})

test('a tenant of Microsoft Entra is tried by its id', async () => {
  await world.admin.changeSettings({ oidc: { redirect_uri } })
  const client = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET }
  assert.deepEqual(results(await world.admin.testAzureSso({ tenant_id, ...client })), allWell)
  const shouted = { ...client, tenant_id: tenant_id.toUpperCase() }
  assert.deepEqual(results(await world.admin.testAzureSso(shouted)), allWell)
  const other = { ...client, tenant_id: '8f3c1f0e-6a52-4b0f-9e0d-0c8a4f5d2b12' }
  assert.deepEqual(results(await world.admin.testAzureSso(other)), { discovery: 'failed' })
  for (const wrong of ['common', '../common', 'contoso.onmicrosoft.com', `${tenant_id}/../x`, ''])
    await assert.rejects(world.admin.testAzureSso({ ...client, tenant_id: wrong }), {
      code: 'invalid_request',
    })
})

test('each test is on record, and no secret with it', async () => {
  await world.admin.testSso({ oidc: world.candidate({ client_secret: 'wr0ng-s3cret' }) })
  const entries = await world.stores.audit.list({ limit: 10_000, offset: 0 })
  const entry = entries.findLast(({ action }) => action === 'sso_test')
  assert.deepEqual([entry?.outcome, entry?.details.client], ['failure', 'failed'])
  const told = JSON.stringify(entries) + world.log.everything()
  for (const secret of ['wr0ng-s3cret', CLIENT_SECRET]) assert.ok(!told.includes(secret))
})
