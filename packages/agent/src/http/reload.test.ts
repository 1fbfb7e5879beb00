import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { DAY_MS, testAuthority } from '../pki/authority.test.kit.ts'
import { connectTo, get, knock, world } from './world.test.kit.ts'

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)

test('new connections get the new certificate, and open ones go on', async () => {
  await using agent = await world()
  await using pool = agent.pool()
  assert.equal((await pool.ask('GET', '/health')).status, 404)

  const renewed = await agent.authority.issue({
    dns: ['renewed'],
    ips: ['127.0.0.1'],
    uses: ['serverAuth'],
  })
  agent.server.reload(renewed)
  const { cert, key, ca } = agent.caller
  const socket = connectTo(agent.port, { cert, key, ca })
  await once(socket, 'secureConnect')
  assert.match(socket.getPeerCertificate().subjectaltname ?? '', /renewed/)
  socket.destroy()
  assert.equal((await pool.ask('GET', '/health')).status, 404)
})

test('a new authority ends what the old one vouched for', async () => {
  await using agent = await world()
  const { cert, key } = agent.caller
  const socket = connectTo(agent.port, { cert, key, ca: agent.own.ca })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')

  const other = await testAuthority('another root')
  agent.server.reload(await other.issue())
  await once(socket, 'close')
  assert.equal((await knock(agent.port, { cert, key }, get('/health'))).text, '')
})

test('a connection whose certificate expires is ended at its next request', async () => {
  let now = new Date()
  await using agent = await world({ now: () => now })
  const { cert, key, ca } = agent.caller
  const socket = connectTo(agent.port, { cert, key, ca })
  await once(socket, 'secureConnect')
  now = inDays(91)
  let text = ''
  socket.on('data', (data) => (text += data.toString()))
  socket.write(get('/health'))
  await once(socket, 'close')
  assert.equal(text, '')
  assert.deepEqual(agent.asked, [])
})
