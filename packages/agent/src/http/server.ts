import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { Failure } from '@linux-patch/shared/failure'
import type { ReasonAgainst, Refusal } from '../pki/peer.ts'
import type { Audit } from '../services/audit.ts'
import type { Material } from '../services/certificates.ts'
import { endRefused } from './diagnosis.ts'
import { front } from './front.ts'
import { tlsDoor } from './tls.ts'
import { answerBare } from './wording.ts'

type Deps = {
  material: Material
  allows: (address: string) => boolean
  audit: Pick<Audit, 'turnedAway'>
  diagnose: () => boolean
  reasonAgainst: ReasonAgainst
  now: () => Date
  timeouts?: Partial<typeof usual>
}
export type AgentServer = ReturnType<typeof agentServer>
type Routes = {
  app: RequestListener
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

const STOP_MS = 10_000
const usual = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 16_384,
}

/** Address, then TLS and identity, then HTTP: each is given a connection only by the one before it. */
export function agentServer(deps: Deps) {
  const { material, allows, audit, now, reasonAgainst, timeouts } = deps
  const http = httpServer({ ...usual, ...timeouts })
  const welcome = (socket: TLSSocket) => http.emit('connection', socket)
  const door = tlsDoor({ material, now, reasonAgainst, welcome, turnAway: turningAway(deps) })
  const gate = front({ allows, accept: door.accept, turnAway: audit.turnedAway })

  return {
    callerOf: door.callerOf,
    connections: gate.connections,
    /** Ends the connections from addresses that may have none any more, and of callers who count no longer. */
    recheck() {
      gate.recheck()
      door.recheck()
    },

    /** Whoever no root vouches for any more is let go. */
    reload(next: Material) {
      door.reload(next)
      door.recheck()
    },

    async listen({ app, upgrade }: Routes, address: string, port: number): Promise<AddressInfo> {
      http.removeAllListeners('request').on('request', app)
      http.removeAllListeners('upgrade').on('upgrade', upgrade)
      gate.server.listen({ host: address, port, ipv6Only: false })
      await once(gate.server, 'listening')
      return gate.server.address() as AddressInfo
    },

    /** Takes nobody new, lets requests that are under way finish, and ends what is left after a while. */
    async close() {
      gate.server.close()
      await drained(http, gate.connections)
      gate.closeAll()
      http.close()
    },
  }
}

const turningAway =
  ({ audit, diagnose }: Deps) =>
  (refusal: Refusal, address: string, socket: TLSSocket | null) => {
    audit.turnedAway({ ...refusal, address })
    if (socket) endRefused(socket, refusal, { address, diagnose: diagnose() })
  }

function httpServer(timeouts: typeof usual) {
  const http = createServer(timeouts)
  // It never listens by itself, and without this word it would never look at its timeouts.
  http.emit('listening')
  return http.on('clientError', refuseMalformed)
}

async function drained(http: Server, connections: () => number) {
  const until = Date.now() + STOP_MS
  while (connections() > 0 && Date.now() < until) {
    http.closeIdleConnections()
    await wait(50)
  }
}

/** What is no HTTP at all gets an envelope too; its sender is known, or it would not be here. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex) {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const status = statuses[error.code ?? ''] ?? 400
  answerBare(socket, status, new Failure('INVALID_REQUEST', 'This is no request of HTTP/1.1.'))
}

const statuses: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}
