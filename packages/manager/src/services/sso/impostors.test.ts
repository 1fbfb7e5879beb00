import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { newKeyPair } from '../../pki/key-pair.ts'
import { impostor, saying } from './impostor.test.kit.ts'
import { messageOf, results, ssoTests, type SsoTests } from './sso-tests.test.kit.ts'

let world: SsoTests
before(async () => (world = await ssoTests()))
after(() => world[Symbol.asyncDispose]())
beforeEach(() => world.forget())

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
    () => (_request, response) => response.writeHead(302, { location: world.idp.issuer }).end(),
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
    const error = await world.admin.discoverProvider({ issuer }).then(
      () => assert.fail('It passed.'),
      (error: Error & { code?: string }) => error,
    )
    assert.equal(error.code, 'provider_unavailable')
    assert.match(error.message, expected)
    assert.ok(!error.message.includes('s3cret'))
    const tried = await world.admin.testSso({ oidc: world.candidate({ issuer }) })
    assert.deepEqual(results(tried), { discovery: 'failed' })
    assert.match(messageOf(tried, 'discovery'), expected)
  })

test('a provider without keys, or with places that are none, fails those checks', async () => {
  await using bare = await impostor(saying({}))
  const tried = await world.admin.testSso({ oidc: world.candidate({ issuer: bare.issuer }) })
  assert.deepEqual([results(tried).keys, results(tried).pkce], ['failed', 'unknown'])
  for (const jwks_uri of [undefined, 'file:///etc/passwd', 7]) {
    await using odd = await impostor(saying({ jwks_uri }))
    const tried = await world.admin.testSso({ oidc: world.candidate({ issuer: odd.issuer }) })
    assert.deepEqual(results(tried), { discovery: 'ok', endpoints: 'failed' })
  }
})

test('a provider on this machine that names another machine without TLS is not followed there', async () => {
  const jwks_uri = 'http://192.0.2.1/latest/meta-data'
  await using server = await impostor(saying({ jwks_uri }))
  const tried = await world.admin.testSso({ oidc: world.candidate({ issuer: server.issuer }) })
  assert.match(messageOf(tried, 'keys'), /names an address that is not https/)
})

test('a provider that is silent is given up after ten seconds', async () => {
  await using server = await impostor(() => () => {})
  await assert.rejects(
    world.admin.discoverProvider({ issuer: server.issuer }),
    /did not answer in time/,
  )
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
  await assert.rejects(
    world.admin.discoverProvider({ issuer }),
    /cannot be reached: \w*(LEAF|CERT)\w*\./,
  )
  server.close()
})

test('nobody there is told as such', async () => {
  const { issuer } = await (async () => {
    await using gone = await impostor(saying({}))
    return gone
  })()
  await assert.rejects(world.admin.discoverProvider({ issuer }), /cannot be reached: ECONNREFUSED/)
})
