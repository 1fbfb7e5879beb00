import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { test } from 'node:test'
import {
  DAY_MS,
  HOST,
  MANAGER,
  manager,
  testAuthority,
  type Leaf,
} from '../pki/authority.test.kit.ts'
import { get, knock, world } from './world.test.kit.ts'

const EVERY_ROUTE = [
  '/health',
  '/api/v1/health',
  '/api/v1/jobs',
  '/api/v1/packages',
  '/',
  '/nowhere',
]
const upgrade =
  'GET /api/v1/ws/jobs HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
const wrongLeaves: Record<string, Leaf & { code: string; reason: RegExp }> = {
  'has expired': {
    ...manager,
    from: inDays(-40),
    to: inDays(-1),
    code: 'AUTH_CERT_EXPIRED',
    reason: /expired at/,
  },
  'is not valid yet': {
    ...manager,
    from: inDays(1),
    to: inDays(2),
    code: 'AUTH_INVALID_CERT',
    reason: /CERT_NOT_YET_VALID/,
  },
  'is for servers only': {
    ...manager,
    uses: ['serverAuth'],
    code: 'AUTH_INVALID_CERT',
    reason: /INVALID_PURPOSE/,
  },
  'has no purpose': {
    ...manager,
    uses: [],
    code: 'AUTH_INVALID_CERT',
    reason: /not made for clients/,
  },
  'is that of another host': {
    uris: [HOST],
    uses: ['serverAuth', 'clientAuth'],
    code: 'AUTH_INVALID_CERT',
    reason: /may not call/,
  },
  'names a manager and a host at once': {
    ...manager,
    uris: [MANAGER, HOST],
    code: 'AUTH_INVALID_CERT',
    reason: /one identity/,
  },
  'names nobody': {
    uses: ['clientAuth'],
    dns: ['x'],
    code: 'AUTH_INVALID_CERT',
    reason: /one identity/,
  },
  'is valid for 1000 days': {
    ...manager,
    to: inDays(1000),
    code: 'AUTH_INVALID_CERT',
    reason: /more than a year/,
  },
}

for (const [what, { code, reason, ...leaf }] of Object.entries(wrongLeaves))
  test(`a certificate that ${what} gets no byte of HTTP from any route`, async () => {
    await using agent = await world()
    const { cert, key } = await agent.authority.issue(leaf)
    for (const text of [...EVERY_ROUTE.map(get), upgrade])
      assert.equal((await knock(agent.port, { cert, key }, text)).text, '')

    assert.deepEqual(agent.asked, [])
    assert.equal(agent.refusals[0]?.code, code)
    assert.match(agent.refusals[0]?.reason ?? '', reason)
    assert.equal(agent.refusals[0]?.address, '127.0.0.1')
  })

test('without a certificate no route answers', async () => {
  await using agent = await world()
  for (const text of [...EVERY_ROUTE.map(get), upgrade])
    assert.equal((await knock(agent.port, {}, text)).text, '')
  assert.deepEqual(agent.asked, [])
  assert.deepEqual(agent.refusals[0], {
    code: 'AUTH_INVALID_CERT',
    reason: 'no certificate',
    address: '127.0.0.1',
  })
})

test('a certificate of another authority with the same name gets no byte', async () => {
  await using agent = await world()
  const { cert, key } = await (await testAuthority()).issue(manager)
  assert.equal((await knock(agent.port, { cert, key }, get('/health'))).text, '')
  assert.equal(agent.refusals[0]?.code, 'AUTH_INVALID_CERT')
  assert.deepEqual(agent.asked, [])
})

test('TLS 1.2 is refused, also after the certificates were reloaded', async () => {
  await using agent = await world()
  const { cert, key } = agent.caller
  const old = { cert, key, maxVersion: 'TLSv1.2' as const }
  assert.equal((await knock(agent.port, old, get('/health'))).text, '')
  agent.server.reload(agent.own)
  assert.equal((await knock(agent.port, old, get('/health'))).text, '')
  assert.match(agent.refusals[0]?.reason ?? '', /UNSUPPORTED_PROTOCOL/)
})

test('what is no TLS at all gets no byte of HTTP', async () => {
  await using agent = await world()
  const socket = connectPlain(agent.port, '127.0.0.1')
  socket.write(get('/health'))
  let text = ''
  socket.on('data', (data) => (text += data.toString('latin1')))
  await once(socket, 'close').catch(() => undefined)
  assert.doesNotMatch(text, /HTTP/)
})

test('with diagnostic responses somebody on this host hears why, in an envelope', async () => {
  await using agent = await world({ diagnose: true })
  const { text } = await knock(agent.port, {}, get('/health'))
  assert.match(text, /^HTTP\/1.1 401 /)
  const { error, success } = JSON.parse(text.split('\r\n\r\n')[1] ?? '')
  assert.deepEqual([success, error.code, error.retryable], [false, 'AUTH_INVALID_CERT', false])
  assert.deepEqual(agent.asked, [])
})

test('headers that never end are answered 408 and the connection is closed', async () => {
  await using agent = await world({ headersTimeout: 300 })
  const { cert, key } = agent.caller
  const heard = await knock(agent.port, { cert, key }, 'GET /health HTTP/1.1\r\nHost: x\r\n')
  assert.match(heard.text, /^HTTP\/1.1 408 .*INVALID_REQUEST/s)
})

test('a certificate that is right is let in', async () => {
  await using agent = await world()
  const { cert, key } = agent.caller
  assert.match((await knock(agent.port, { cert, key }, get('/health'))).text, /^HTTP\/1.1 404/)
  assert.deepEqual(agent.asked, ['getHealth'])
  assert.deepEqual(agent.refusals, [])
})
