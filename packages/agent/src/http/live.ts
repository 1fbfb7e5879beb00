import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { basePath } from '@linux-patch/shared/contract'
import { Failure, failures } from '@linux-patch/shared/failure'
import type { Caller } from '../pki/peer.ts'
import type { Audit } from '../services/audit.ts'
import { normal } from '../services/whitelist.ts'
import type { Admission } from './admit.ts'
import { liveSession } from './live-session.ts'
import type { Jobs } from './subscriptions.ts'
import { answerBare } from './wording.ts'

type Deps = {
  admit: Admission
  jobs: Jobs
  audit: Pick<Audit, 'action'>
  now: () => Date
  pingMs?: number
  /** Bytes that may wait for a reader before it is given up. */
  mostWaiting?: number
}
export type Live = ReturnType<typeof live>

const PATH = `${basePath}/ws/jobs`
const PING_MS = 30_000
const MOST_SOCKETS = 32
const MOST_WAITING = 4 * 1024 * 1024
const speech = { noServer: true, maxPayload: 4096, perMessageDeflate: false }

/** The socket that follows jobs. It says nothing about a job that was not asked for. */
export function live({ admit, jobs, audit, now, ...options }: Deps) {
  const { pingMs = PING_MS, mostWaiting = MOST_WAITING } = options
  const server = new WebSocketServer(speech)
  const sessions = new Map<WebSocket, ReturnType<typeof liveSession>>()
  const stopWatching = jobs.watch((message) => {
    for (const session of sessions.values()) session.hear(message)
  })
  const timer = setInterval(() => {
    for (const session of sessions.values()) session.tick(now())
  }, pingMs)
  timer.unref()

  function open(socket: WebSocket, caller: Caller) {
    sessions.set(socket, liveSession({ socket, caller, jobs, mostWaiting }))
    socket.on('close', () => sessions.delete(socket))
  }

  return {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
      const address = normal(request.socket.remoteAddress ?? '')
      try {
        check(request, sessions.size)
        const caller = admit(request, { access: 'read', rate: 'job_operations' })
        audit.action({ ...opened(caller), address })
        server.handleUpgrade(request, socket, head, (webSocket) => open(webSocket, caller))
      } catch (error) {
        refuse(socket, error)
      }
    },

    close() {
      clearInterval(timer)
      stopWatching()
      for (const socket of sessions.keys()) socket.close(1001, 'the agent stops')
    },
  }
}

function check({ url = '', headers }: IncomingMessage, open: number) {
  const [path = ''] = url.split('?')
  if (path !== PATH) throw new Failure('INVALID_REQUEST', `There is no socket at ${path}.`)
  // A page in some browser that holds a certificate must not reach a host through it.
  if (headers.origin) throw new Failure('AUTHZ_OPERATION_DENIED', 'Not from a browser.')
  if (open >= MOST_SOCKETS)
    throw new Failure('RATE_LIMIT_EXCEEDED', `At most ${MOST_SOCKETS} sockets.`, {
      details: { retry_after_seconds: 30 },
    })
}

function refuse(socket: Duplex, error: unknown) {
  if (!(error instanceof Failure)) throw error
  const { status } = failures[error.code]
  answerBare(socket, error.code === 'INVALID_REQUEST' ? 404 : status, error)
}

const opened = ({ identity, fingerprint }: Caller) => ({
  identity,
  fingerprint,
  request_id: randomUUID(),
  action: `GET ${PATH}`,
  status: 101,
  code: null,
  job_id: null,
  reason: null,
})
