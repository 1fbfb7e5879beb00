import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from 'node:tls'
import { test } from 'node:test'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import { knock } from './socket.test.kit.ts'

const ticketOf = async (world: Manager, token: string) =>
  (await world.as(token).createTicket()).ticket

/** Something that every open page hears: a host that asks for a place, turned away. */
async function stir(world: Manager) {
  const now = world.now().toISOString()
  const { id } = await world.stores.enrollments.add({
    machine_id: '0'.repeat(32),
    fqdn: 'web.example',
    ip_address: '192.0.2.1',
    source_ip: '192.0.2.1',
    agent_port: 12443,
    agent_version: null,
    os_details: { name: 'x', version: '', codename: '', id_like: '', kernel: '', architecture: '' },
    csr_pem: '',
    key_fingerprint: '',
    token_hash: 'x',
    created_at: now,
    expires_at: new Date(Date.parse(now) + 60_000).toISOString(),
    join_code_id: null,
    waits_because: null,
    warning: null,
  })
  const { access_token } = await world.as().login({ username: 'admin', password: world.password })
  await world.as(access_token).denyEnrollment({ id })
}
const changed = [{ type: 'changed', payload: { what: 'enrollments' } }]

test('a ticket opens the socket, and the socket tells what happens', async () => {
  await using world = await manager()
  using page = await knock(world, { ticket: await ticketOf(world, await world.signIn()) })
  assert.equal(page.status, 101)
  await stir(world)
  if (page.heard.length === 0) await once(page.socket, 'message')
  assert.deepEqual(page.heard, changed)
})

test('no ticket, garbage, one that was used and one that is a minute old are refused', async () => {
  await using world = await manager()
  const token = await world.signIn()
  const used = await ticketOf(world, token)
  using page = await knock(world, { ticket: used })
  assert.equal(page.status, 101)
  const old = await ticketOf(world, token)
  world.pass(61_000)
  for (const ticket of [undefined, '', 'garbage', used, old, token])
    assert.equal((await knock(world, ticket === undefined ? {} : { ticket })).status, 401)
})

test('of twenty who come with one ticket at once, one gets in', async () => {
  await using world = await manager()
  const ticket = await ticketOf(world, await world.signIn())
  const pages = await Promise.all(Array.from({ length: 20 }, () => knock(world, { ticket })))
  const statuses = pages.map(({ status }) => status).toSorted((a, b) => a - b)
  assert.deepEqual(statuses, [101, ...Array.from({ length: 19 }, () => 401)])
  for (const { socket } of pages) socket.terminate()
})

test('another site gets no socket, and does not use the ticket up', async () => {
  await using world = await manager()
  const ticket = await ticketOf(world, await world.signIn())
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ])
    assert.equal((await knock(world, { ticket, headers })).status, 403)
  const headers = { origin: `https://127.0.0.1:${world.port}` }
  using page = await knock(world, { ticket, headers })
  assert.equal(page.status, 101)
})

test('there is no socket at any other path, and a ticket is not used up there', async () => {
  await using world = await manager()
  const ticket = await ticketOf(world, await world.signIn())
  for (const path of ['/', '/api/v1/ws/jobs/', '/api/v1/ws', '/health'])
    assert.equal((await knock(world, { ticket, path })).status, 404)
  using page = await knock(world, { ticket })
  assert.equal(page.status, 101)
})

test('a ticket is worth nothing once its session has ended', async () => {
  await using world = await manager()
  const token = await world.signIn()
  const ticket = await ticketOf(world, token)
  await world.as(token).logout()
  assert.equal((await knock(world, { ticket })).status, 401)
})

test('signing out closes the sockets of that session and no other', async () => {
  await using world = await manager()
  const [mine, other] = [await world.signIn(), await world.signIn()]
  using gone = await knock(world, { ticket: await ticketOf(world, mine) })
  using stays = await knock(world, { ticket: await ticketOf(world, other) })
  await world.as(mine).logout()
  assert.equal(await gone.closed, 4401)
  await stir(world)
  if (stays.heard.length === 0) await once(stays.socket, 'message')
  assert.deepEqual([gone.heard, stays.heard], [[], changed])
})

test('a change of password closes the sockets of the other sessions and keeps this one’s', async () => {
  await using world = await manager()
  const [mine, other] = [await world.signIn(), await world.signIn()]
  using stays = await knock(world, { ticket: await ticketOf(world, mine) })
  using gone = await knock(world, { ticket: await ticketOf(world, other) })
  await world
    .as(mine)
    .changeOwnPassword({ current_password: world.password, new_password: 'a better password' })
  assert.equal(await gone.closed, 4401)
  assert.equal(stays.socket.readyState, stays.socket.OPEN)
})

test('a refresh token that is used again closes the sockets of its session', async () => {
  await using world = await manager()
  const tokens = await world.as().login({ username: 'admin', password: world.password })
  using page = await knock(world, { ticket: await ticketOf(world, tokens.access_token) })
  const { refresh_token } = tokens
  await world.as().refresh({ refresh_token })
  world.pass(11_000)
  await assert.rejects(world.as().refresh({ refresh_token }))
  assert.equal(await page.closed, 4401)
})

test('a client that sends much is closed, and the others hear on', async () => {
  await using world = await manager()
  const token = await world.signIn()
  using loud = await knock(world, { ticket: await ticketOf(world, token) })
  using quiet = await knock(world, { ticket: await ticketOf(world, token) })
  loud.socket.send('x'.repeat(2000))
  await loud.closed
  await stir(world)
  if (quiet.heard.length === 0) await once(quiet.socket, 'message')
  assert.deepEqual(quiet.heard, changed)
})

/** Sends bytes as they are, and waits until the other side is done with them. */
async function say({ port, authority }: Manager, text: string, leave: 'reset' | 'stay') {
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: authority.root_pem,
    ALPNProtocols: ['http/1.1'],
  })
  await once(socket, 'secureConnect')
  socket.on('error', () => {})
  socket.resume()
  socket.write(text)
  if (leave === 'reset') socket.destroy()
  else await Promise.race([once(socket, 'close'), wait(1000)])
  socket.destroy()
}

const upgrade = (target: string) =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'

test('no request for a socket brings the manager down, however odd its target', async () => {
  await using world = await manager()
  for (const target of ['//', 'http://[', '/%', '*', '///?ticket=', '/api/v1/ws/jobs?ticket=%ff'])
    await say(world, upgrade(target), 'stay')
  assert.equal((await world.as().getHealth()).status, 'healthy')
})

test('nor does one whose sender is gone before the answer', async () => {
  await using world = await manager()
  for (let time = 0; time < 30; time++) await say(world, upgrade('/api/v1/ws/jobs'), 'reset')
  await wait(50)
  assert.equal((await world.as().getHealth()).status, 'healthy')
})
