import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { MASKED } from '@linux-patch/shared/settings'
import { manager } from '../../start/manager.test.kit.ts'
import { impostor, saying } from './impostor.test.kit.ts'
import { tenant_id, ssoTests, type SsoTests } from './sso-tests.test.kit.ts'

let world: SsoTests
before(async () => (world = await ssoTests()))
after(() => world[Symbol.asyncDispose]())
beforeEach(() => world.forget())

test('the secret that is set is not told to another provider or for another client', async () => {
  await world.admin.changeSettings({ oidc: world.candidate() })
  await using other = await impostor(saying({}))
  for (const oidc of [{ issuer: other.issuer }, { client_id: 'x', client_secret: MASKED }])
    await assert.rejects(world.admin.testSso({ oidc }), /stored oidc\.client_secret is not sent/)
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
    assert.rejects(world.admin.discoverProvider({ issuer }), { code: 'invalid_request' }))

test('without leave a provider on this machine has to have TLS too', async () => {
  await using strict = await manager()
  const its = strict.as(await strict.signIn())
  const { issuer } = world.idp
  await assert.rejects(its.discoverProvider({ issuer }), /oidc\.issuer must be an https address/)
  await assert.rejects(
    its.testSso({ oidc: world.candidate() }),
    /oidc\.issuer must be an https address/,
  )
})

test('nobody but an administrator asks providers', async () => {
  for (const role of ['operator', 'auditor', 'viewer']) {
    const its = world.as((await world.person(role)).token)
    const forbidden = { code: 'forbidden_role' }
    await assert.rejects(its.discoverProvider({ issuer: world.idp.issuer }), forbidden)
    await assert.rejects(its.testSso(), forbidden)
    await assert.rejects(its.testAzureSso({ tenant_id, client_id: 'x' }), forbidden)
  }
})
