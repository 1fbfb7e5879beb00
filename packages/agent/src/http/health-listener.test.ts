import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { request } from 'undici'
import type { Health } from '@linux-patch/shared/agent-api/system'
import { Config } from '../config.ts'
import { ownAddress, skipWithout } from '../needs.test.kit.ts'
import { healthListener } from './health-listener.ts'
import { rateLimits } from './rate-limits.ts'
import { recorder } from './recorder.test.kit.ts'

const UNUSED = { enabled: true, bind: '127.0.0.1', port: 0 }

async function monitor({ bind = '127.0.0.1', most = 60 } = {}) {
  const now = { status: 'healthy' as Health['status'] }
  const allowed = new Set<string>()
  const audit = recorder()
  const limits = { ...Config.parse({}).rate_limits, health: most }
  const listener = healthListener({
    health: async () => now,
    allows: (address) => allowed.has(address),
    limits: rateLimits({ limits: () => limits, now: Date.now }),
    audit,
  })
  const port = await listener.apply({ ...UNUSED, bind })
  return {
    now,
    allowed,
    listener,
    port: port ?? 0,
    refusals: audit.refusals,
    async ask(path: string, method: 'GET' | 'HEAD' | 'POST' | 'DELETE' | 'OPTIONS' = 'GET') {
      const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}${path}`, {
        method,
      })
      return { status: statusCode, headers, text: await body.text() }
    },
    [Symbol.asyncDispose]: listener.close,
  }
}

test('it says one word about the whole, and nothing else', async () => {
  await using agent = await monitor()
  const { status, text, headers } = await agent.ask('/health')
  assert.deepEqual([status, text], [200, '{"status":"healthy"}'])
  assert.match(String(headers['content-type']), /^application\/json/)
})

for (const [status, expected] of [
  ['degraded', 200],
  ['unhealthy', 503],
] as const)
  test(`an agent that is ${status} answers ${expected}`, async () => {
    await using agent = await monitor()
    agent.now.status = status
    const answer = await agent.ask('/health')
    assert.deepEqual([answer.status, answer.text], [expected, JSON.stringify({ status })])
  })

for (const path of [
  '/',
  '/api/v1/health',
  '/api/v1/system/info',
  '/api/v1/jobs',
  '/metrics',
  '/health/',
  '/HEALTH',
  '//health',
  '/%68ealth',
])
  test(`there is nothing at ${path}, not even a body`, async () => {
    await using agent = await monitor()
    const { status, text } = await agent.ask(path)
    assert.deepEqual([status, text], [404, ''])
  })

test('it can be looked at and nothing more', async () => {
  await using agent = await monitor()
  const head = await agent.ask('/health', 'HEAD')
  assert.deepEqual([head.status, head.text], [200, ''])
  for (const method of ['POST', 'DELETE', 'OPTIONS'] as const) {
    const { status, text, headers } = await agent.ask('/health', method)
    assert.deepEqual([status, text, headers.allow], [405, '', 'GET, HEAD'])
  }
})

test('whoever asks too often is told when to come back', async () => {
  await using agent = await monitor({ most: 1 })
  await agent.ask('/health')
  const { status, headers, text } = await agent.ask('/health')
  assert.deepEqual([status, text], [429, ''])
  assert.ok(Number(headers['retry-after']) > 0)
})

const address = ownAddress() ?? ''
const skip = skipWithout('address')

test('an address other than loopback must be on the whitelist', { skip }, async () => {
  await using agent = await monitor({ bind: '0.0.0.0' })
  const socket = connect(agent.port, address)
  await once(socket, 'close').catch(() => undefined)
  assert.equal(socket.bytesRead, 0)
  assert.equal(agent.refusals[0]?.code, 'AUTHZ_IP_DENIED')

  agent.allowed.add(address)
  const { statusCode } = await request(`http://${address}:${agent.port}/health`)
  assert.equal(statusCode, 200)
})

test('an address that leaves the whitelist loses its connection', { skip }, async () => {
  await using agent = await monitor({ bind: '0.0.0.0' })
  agent.allowed.add(address)
  const socket = connect(agent.port, address)
  socket.on('error', () => undefined)
  socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  agent.allowed.clear()
  agent.listener.recheck()
  await once(socket, 'close').catch(() => undefined)
  assert.equal(socket.destroyed, true)
})

test('what is no HTTP is not answered', async () => {
  await using agent = await monitor()
  const socket = connect(agent.port, '127.0.0.1')
  let text = ''
  socket.on('data', (data) => (text += data.toString()))
  socket.on('error', () => undefined)
  socket.write('hello\r\n\r\n')
  await once(socket, 'close')
  assert.equal(text, '')
})

test('it opens, moves and closes as the settings say', async () => {
  await using agent = await monitor()
  assert.equal(await agent.listener.apply({ ...UNUSED }), agent.port)
  assert.equal(await agent.listener.apply({ ...UNUSED, enabled: false }), null)
  await assert.rejects(agent.ask('/health'))
  assert.ok(await agent.listener.apply(UNUSED))
})

test('a port that is taken is said, and opened at the next try', async () => {
  await using agent = await monitor()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  await assert.rejects(agent.listener.apply({ ...UNUSED, port }), { code: 'EADDRINUSE' })
  taken.close()
  await once(taken, 'close')
  assert.equal(await agent.listener.apply({ ...UNUSED, port }), port)
})
