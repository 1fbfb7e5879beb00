import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { pino } from 'pino'
import { WebSocket } from 'ws'
import type { Person } from '../services/caller.ts'
import { somebody } from '../services/people/person.test.kit.ts'
import { liveService } from '../services/live.ts'
import { wayOf, type Standing } from '../services/people/standing.ts'
import { ticketService } from '../services/sign-in/tickets.ts'
import type { Log } from '../log.ts'
import { liveSockets } from './live.ts'

const people = ['one', 'two'].map((session_id) => somebody('admin', session_id))

const byWay = (people: readonly Person[]) =>
  new Map(people.map((person) => [wayOf(person), person]))

/** Two open pages, on a server that looks at their sessions all the time. */
async function pages(standing: Standing, log: Log) {
  const tickets = ticketService(() => new Date())
  const groupsOf = () => Promise.resolve(() => [])
  const soon = { ping_ms: 20, look_ms: 20 }
  const sockets = liveSockets({ live: liveService(), tickets, standing, groupsOf, log, ...soon })
  const server = createServer().listen(0, '127.0.0.1')
  sockets.attach(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [first, second] = people.map((person) => {
    const { ticket } = tickets.create(person)
    return new WebSocket(`ws://127.0.0.1:${port}/api/v1/ws/jobs?ticket=${ticket}`)
  }) as [WebSocket, WebSocket]
  await Promise.all([first, second].map((socket) => once(socket, 'open')))
  return {
    first,
    second,
    [Symbol.dispose]() {
      sockets.close()
      server.close()
    },
  }
}

test('the socket of a session that ended by its age, or elsewhere, is closed at the next look', async () => {
  const ended = new Set<string>()
  const standing = (asked: readonly Person[]) =>
    Promise.resolve(byWay(asked.filter((person) => !ended.has(wayOf(person)))))
  using open = await pages(standing, pino({ enabled: false }))
  ended.add('one')
  assert.equal((await once(open.first, 'close'))[0], 4401)
  await once(open.second, 'ping')
  assert.equal(open.second.readyState, WebSocket.OPEN)
})

test('a look that fails ends no socket, is in the log, and is tried again', async () => {
  const said = new PassThrough()
  let away = false
  const standing = (asked: readonly Person[]) =>
    away ? Promise.reject(new Error('no database')) : Promise.resolve(byWay(asked))
  using open = await pages(standing, pino({}, said))
  away = true
  const [line] = await once(said, 'data')
  assert.match(String(line), /"level":40.*no database.*whether the sessions of open pages/)
  away = false
  await once(open.first, 'ping')
  assert.equal(open.second.readyState, WebSocket.OPEN)
})
