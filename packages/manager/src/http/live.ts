import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { basePath } from '@linux-patch/shared/contract'
import { Failure, failures } from '@linux-patch/shared/failure'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Log } from '../log.ts'
import type { Person } from '../services/caller.ts'
import type { Live } from '../services/live.ts'
import type { Tickets } from '../services/tickets.ts'
import { checkOrigin } from './origin.ts'

type Deps = {
  live: Live
  tickets: Tickets
  /** Whether the session of this person still lives. */
  lives: (person: Person) => Promise<boolean>
  log: Log
  ping_ms?: number
}

export type LiveSockets = ReturnType<typeof liveSockets>

const PATH = `${basePath}/ws/jobs`
const PING_MS = 20_000
/** A reader that lets this much pile up is closed: it can come back and ask. */
const BACKLOG = 1024 * 1024

/** GET /api/v1/ws/jobs: tells pages what happens. Opened with a ticket, closed when its session ends. */
export function liveSockets({ live, tickets, lives, log, ping_ms = PING_MS }: Deps) {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false })
  const people = new Map<WebSocket, Person>()

  const stopListening = live.listen((message) => {
    const text = JSON.stringify(message)
    for (const socket of people.keys())
      if (socket.bufferedAmount > BACKLOG) socket.terminate()
      else socket.send(text)
  })

  function end(socket: WebSocket) {
    people.delete(socket)
    socket.close(4401, 'session ended')
  }

  /** A session also ends by its age, or at another manager: nobody tells us of these. */
  async function look() {
    for (const [socket, person] of people)
      if (await lives(person)) socket.ping()
      else end(socket)
  }
  // A database that is away for a moment ends no socket; the next look comes soon.
  const complain = (error: unknown) =>
    log.warn({ err: error }, 'whether the sessions of open pages still live could not be read')
  const looking = setInterval(() => void look().catch(complain), ping_ms)

  async function holderOf(request: IncomingMessage): Promise<Person> {
    const [path, query] = (request.url ?? '').split('?', 2)
    if (path !== PATH) throw new Failure('not_found', 'There is no socket here.')
    // Before the ticket: another site must not be able to use one up.
    checkOrigin(request)
    const person = tickets.take(new URLSearchParams(query).get('ticket') ?? '')
    if (person && (await lives(person))) return person
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
    drop(ended: (person: Person) => boolean) {
      for (const [socket, person] of people) if (ended(person)) end(socket)
    },
    close() {
      stopListening()
      clearInterval(looking)
      for (const socket of people.keys()) socket.terminate()
    },
  }
}

function refuse(socket: Duplex, error: unknown) {
  const { status } = failures[error instanceof Failure ? error.code : 'unavailable']
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
}
