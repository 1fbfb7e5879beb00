import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import type { Person } from '../services/caller.ts'
import { liveService } from '../services/live.ts'
import { ticketService } from '../services/tickets.ts'
import { liveSockets } from './live.ts'

const user = {
  id: 'user',
  username: 'admin',
  role: 'admin',
  password_reset_required: false,
} as const
const people: Person[] = ['one', 'two'].map((session_id) => ({ user, session_id }))

test('the socket of a session that ended by its age, or elsewhere, is closed at the next look', async () => {
  const tickets = ticketService(() => new Date())
  const ended = new Set<string>()
  const sockets = liveSockets({
    live: liveService(),
    tickets,
    lives: ({ session_id }) => Promise.resolve(!ended.has(session_id)),
    ping_ms: 20,
  })
  const server = createServer().listen(0, '127.0.0.1')
  sockets.attach(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [gone, stays] = people.map((person) => {
    const { ticket } = tickets.create(person)
    return new WebSocket(`ws://127.0.0.1:${port}/api/v1/ws/jobs?ticket=${ticket}`)
  })
  await Promise.all([gone!, stays!].map((socket) => once(socket, 'open')))

  ended.add('one')
  assert.equal((await once(gone!, 'close'))[0], 4401)
  await once(stays!, 'ping')
  assert.equal(stays!.readyState, WebSocket.OPEN)
  sockets.close()
  server.close()
})
