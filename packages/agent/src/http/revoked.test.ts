import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { manager, testAuthority } from '../pki/authority.test.kit.ts'
import type { Material } from '../services/certificates.ts'
import { connectTo, get, knock, world } from './world.test.kit.ts'

const serialOf = ({ cert }: Material) => new X509Certificate(cert).serialNumber

test('whoever is revoked gets not a byte, and others go on', async () => {
  await using agent = await world()
  const other = await agent.authority.issue(manager)
  agent.reasons.set(serialOf(agent.caller), 'revoked')
  assert.equal((await knock(agent.port, agent.caller, get('/health'))).text, '')
  assert.deepEqual(agent.refusals, [
    { code: 'AUTH_INVALID_CERT', reason: 'revoked', address: '127.0.0.1' },
  ])
  assert.match((await knock(agent.port, other, get('/health'))).text, /^HTTP\/1\.1 /)
})

test('the open connections of whoever is revoked are ended, sockets too, and those of others are not', async () => {
  await using agent = await world()
  const other = await agent.authority.issue(manager)
  const open = async ({ cert, key, ca }: Material) => {
    const socket = connectTo(agent.port, { cert, key, ca })
    socket.on('error', () => undefined)
    await once(socket, 'secureConnect')
    const live = new WebSocket(`wss://127.0.0.1:${agent.port}/api/v1/ws/jobs`, { cert, key, ca })
    await once(live, 'open')
    return { socket, live }
  }
  const [gone, stays] = [await open(agent.caller), await open(other)]
  agent.reasons.set(serialOf(agent.caller), 'revoked')
  agent.server.recheck()
  await Promise.all([once(gone.socket, 'close'), once(gone.live, 'close')])
  assert.deepEqual([stays.socket.destroyed, stays.live.readyState], [false, WebSocket.OPEN])
  stays.socket.destroy()
  stays.live.terminate()
})

test('a second root lets its callers in and ends nobody', async () => {
  await using agent = await world()
  const { cert, key } = agent.caller
  const socket = connectTo(agent.port, { cert, key, ca: agent.own.ca })
  await once(socket, 'secureConnect')
  const next = await testAuthority('next root')
  agent.server.reload({ ...agent.own, ca: agent.own.ca + next.ca })
  for (const caller of [agent.caller, await next.issue(manager)])
    assert.match((await knock(agent.port, caller, get('/health'))).text, /^HTTP\/1\.1 /)
  assert.equal(socket.destroyed, false)

  // Only the new one is left: whom the old one vouched for is let go.
  socket.on('error', () => undefined)
  agent.server.reload({ ...(await next.issue()), ca: next.ca })
  await once(socket, 'close')
})
