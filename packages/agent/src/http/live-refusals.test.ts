import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { manager, testAuthority } from '../pki/authority.test.kit.ts'
import { dial, follow, refused } from './socket.test.kit.ts'
import { world } from './world.test.kit.ts'

test('without a certificate there is no socket', async () => {
  await using agent = await world()
  const { ca } = agent.caller
  const socket = new WebSocket(`wss://127.0.0.1:${agent.port}/api/v1/ws/jobs`, { ca })
  assert.match(await refused(socket), /hang up|ECONNRESET|disconnected/)
})

test('with a certificate of another authority there is no socket', async () => {
  await using agent = await world()
  const { cert, key } = await (await testAuthority()).issue(manager)
  assert.match(await refused(dial(agent, { cert, key })), /hang up|ECONNRESET/)
})

test('a socket counts against the limit of job operations', async () => {
  await using agent = await world({ limits: { job_operations: 1 } })
  const first = dial(agent)
  await once(first, 'open')
  assert.match(await refused(dial(agent)), /429/)
  first.terminate()
})

test('a host that may not be read has no socket', async () => {
  await using agent = await world({ operations: ['patch'] })
  assert.match(await refused(dial(agent)), /403/)
})

test('a browser page is refused, whatever certificate the browser holds', async () => {
  await using agent = await world()
  assert.match(await refused(dial(agent, { origin: 'https://evil.example' })), /403/)
})

test('there is no socket anywhere else', async () => {
  await using agent = await world()
  const socket = new WebSocket(`wss://127.0.0.1:${agent.port}/api/v1/jobs`, agent.caller)
  assert.match(await refused(socket), /404/)
})

test('an address that leaves the whitelist loses its socket', async () => {
  await using agent = await world()
  using reader = await follow(agent)
  agent.entries.pop()
  agent.list.apply()
  agent.server.recheck()
  assert.equal((await once(reader.socket, 'close'))[0], 1006)
})
