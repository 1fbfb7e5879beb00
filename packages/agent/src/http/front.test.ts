import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { test } from 'node:test'
import { connectTo, get, knock, world } from './world.test.kit.ts'

test('an address that is not on the whitelist gets not one byte, not even of TLS', async () => {
  await using agent = await world()
  const { cert, key } = agent.caller
  const heard = await knock(agent.port, { cert, key, localAddress: '127.0.1.5' }, get('/health'))
  assert.deepEqual(heard, { bytes: 0, text: '', error: 'ECONNRESET' })
  assert.deepEqual(agent.refusals, [
    { code: 'AUTHZ_IP_DENIED', address: '127.0.1.5', reason: 'not on the whitelist' },
  ])
})

test('a whitelist that changes closes the connections it no longer allows', async () => {
  await using agent = await world({ whitelist: ['127.0.0.1', '127.0.1.5'] })
  const { cert, key, ca } = agent.caller
  const stays = connectTo(agent.port, { cert, key, ca })
  const goes = connectTo(agent.port, { cert, key, ca, localAddress: '127.0.1.5' })
  await Promise.all([once(stays, 'secureConnect'), once(goes, 'secureConnect')])

  agent.entries.pop()
  agent.list.apply()
  agent.server.recheck()
  goes.on('error', () => undefined)
  await once(goes, 'close')
  stays.write(get('/health'))
  const [answer] = await once(stays, 'data')
  assert.match(String(answer), /^HTTP\/1.1 404/)
  stays.destroy()
})

test('one address may not take all connections', async () => {
  await using agent = await world()
  const sockets = Array.from({ length: 65 }, () => connectPlain(agent.port, '127.0.0.1'))
  for (const socket of sockets) socket.on('error', () => undefined)
  await Promise.race(sockets.map((socket) => new Promise((done) => socket.on('close', done))))
  for (const socket of sockets) socket.destroy()
  assert.equal(agent.refusals[0]?.reason, 'too many connections')
})
