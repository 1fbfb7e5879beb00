import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { basePath } from '@linux-patch/shared/contract'
import { Failure, failures } from '@linux-patch/shared/failure'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Log } from '../log.ts'
import type { Person } from '../services/caller.ts'
import type { HostGroups } from '../services/hosts/host-groups.ts'
import type { Live } from '../services/live.ts'
import { mayDo } from '../services/people/rights.ts'
import { wayOf, type Standing } from '../services/people/standing.ts'
import type { Tickets } from '../services/sign-in/tickets.ts'
import { checkOrigin } from './origin.ts'
import { telling } from './telling.ts'

type Deps = {
  live: Live
  tickets: Tickets
  standing: Standing
  groupsOf: HostGroups
  log: Log
  ping_ms?: number
  look_ms?: number
}

export type LiveSockets = ReturnType<typeof liveSockets>

const PATH = `${basePath}/ws/jobs`
const PING_MS = 20_000
/** How often it is asked what the people at open pages may do and see by now. */
const LOOK_MS = 1000

/**
 * GET /api/v1/ws/jobs: tells pages what happens, as far as their people may know it. Opened with a ticket, closed when
 * its session ends.
 */
export function liveSockets(deps: Deps) {
  const { live, tickets, standing, log, ping_ms = PING_MS, look_ms = LOOK_MS } = deps
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false })
  const people = new Map<WebSocket, Person>()

  const stopListening = live.listen(telling({ people, ...deps }))

  function end(socket: WebSocket) {
    people.delete(socket)
    socket.close(4401, 'session ended')
  }

  /** Rights change, and sessions end by their age, or at another manager: nobody tells us of these. */
  async function look() {
    const before = [...people]
    if (before.length === 0) return
    const now = await standing(before.map(([, person]) => person))
    for (const [socket, person] of before) {
      const known = now.get(wayOf(person))
      if (!known || !mayDo(known, 'job:read')) end(socket)
      else if (people.has(socket)) people.set(socket, known)
    }
  }
  const ping = () => {
    for (const socket of people.keys()) socket.ping()
  }
  // A database that is away for a moment ends no socket; the next look comes soon.
  const complain = (error: unknown) =>
    log.warn({ err: error }, 'whether the sessions of open pages still live could not be read')
  let isLooking = false
  const lookAgain = () => {
    if (isLooking) return
    isLooking = true
    void look()
      .catch(complain)
      .finally(() => (isLooking = false))
  }
  const timers = [setInterval(lookAgain, look_ms), setInterval(ping, ping_ms)]

  async function holderOf(request: IncomingMessage): Promise<Person> {
    const [path, query] = (request.url ?? '').split('?', 2)
    if (path !== PATH) throw new Failure('not_found', 'There is no socket here.')
    // Before the ticket: another site must not be able to use one up.
    checkOrigin(request)
    const person = tickets.take(new URLSearchParams(query).get('ticket') ?? '')
    const known = person && (await standing([person])).get(wayOf(person))
    if (known && known.epoch === person.epoch && mayDo(known, 'job:read')) return known
    throw new Failure('unauthorized', 'The ticket is not valid.')
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    // Node hands the socket over with nobody to hear its errors, and one unheard ends the process.
    socket.on('error', () => socket.destroy())
    const open = (person: Person) =>
      server.handleUpgrade(request, socket, head, (opened) => {
        people.set(opened, person)
        opened.on('close', () => people.delete(opened))
        opened.on('error', () => opened.terminate())
      })
    holderOf(request).then(open, (error: unknown) => refuse(socket, error))
  }

  return {
    attach: (https: Server) => void https.on('upgrade', upgrade),
    drop(hasEnded: (person: Person) => boolean) {
      for (const [socket, person] of people) if (hasEnded(person)) end(socket)
    },
    close() {
      stopListening()
      for (const timer of timers) clearInterval(timer)
      for (const socket of people.keys()) socket.terminate()
    },
  }
}

function refuse(socket: Duplex, error: unknown) {
  const { status } = failures[error instanceof Failure ? error.code : 'unavailable']
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
}
