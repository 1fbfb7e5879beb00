import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { basePath } from '@linux-patch/shared/contract'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Person } from '../services/caller.ts'
import type { Live } from '../services/live.ts'
import type { Tickets } from '../services/tickets.ts'
import { checkOrigin } from './origin.ts'

type Deps = { live: Live; tickets: Tickets }

export type LiveSockets = ReturnType<typeof liveSockets>

const PING = 20_000
/** A reader that lets this much pile up is closed: it can come back and ask. */
const BACKLOG = 1024 * 1024

/** GET /api/v1/ws/jobs: tells pages what happens. Opened with a ticket, closed when its session ends. */
export function liveSockets({ live, tickets }: Deps) {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false })
  const people = new Map<WebSocket, Person>()

  const stopListening = live.listen((message) => {
    const text = JSON.stringify(message)
    for (const socket of people.keys())
      if (socket.bufferedAmount > BACKLOG) socket.terminate()
      else socket.send(text)
  })
  const pinging = setInterval(() => {
    for (const socket of people.keys()) socket.ping()
  }, PING)

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const person = admitted(request, tickets)
    if (!person) return void socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
    server.handleUpgrade(request, socket, head, (opened) => {
      people.set(opened, person)
      opened.on('close', () => people.delete(opened))
      opened.on('error', () => opened.terminate())
    })
  }

  return {
    attach: (https: Server) => void https.on('upgrade', upgrade),
    drop(ended: (person: Person) => boolean) {
      for (const [socket, person] of people) if (ended(person)) socket.close(4401, 'session ended')
    },
    close() {
      stopListening()
      clearInterval(pinging)
      for (const socket of people.keys()) socket.terminate()
    },
  }
}

/** The origin is looked at first: another site must not be able to use a ticket up. */
function admitted(request: IncomingMessage, tickets: Tickets): Person | undefined {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://manager')
  if (pathname !== `${basePath}/ws/jobs`) return undefined
  try {
    checkOrigin(request)
  } catch {
    return undefined
  }
  return tickets.take(searchParams.get('ticket') ?? '')
}
