import type { X509Certificate } from 'node:crypto'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { Credentials } from './server.ts'

/** What the server shows, and the roots whose certificates it looks at. */
export type Shown = Credentials & { roots: string[] }

type Deps = {
  shown: Shown
  /** Whether the bearer of a certificate may ask anything at all. */
  welcomes: (certificate: X509Certificate) => Promise<boolean>
  onError: (error: unknown) => void
}

const HANDSHAKE_MS = 5000
const MOST_CONNECTIONS = 5000

/**
 * TLS 1.3 for enrolled hosts. OpenSSL is told to let everyone in, because it answers some refusals: the judgement is
 * ours, and HTTP is given a connection only after it.
 */
export function enrolledServer({ shown, welcomes, onError }: Deps) {
  const certificates = new Map<Socket, X509Certificate>()
  const http = httpServer()
  const server = createServer({
    ...contextOf(shown),
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MS,
  })
  server.maxConnections = MOST_CONNECTIONS
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy())
    admit(socket).catch((error: unknown) => {
      socket.destroy()
      onError(error)
    })
  })

  async function admit(socket: TLSSocket) {
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined
    if (!certificate || !(await welcomes(certificate))) return void socket.destroy()
    // It may have left while it was judged, and would never be forgotten.
    if (socket.destroyed) return
    certificates.set(socket, certificate)
    socket.once('close', () => certificates.delete(socket))
    http.emit('connection', socket)
  }

  return {
    server,
    answer: (application: RequestListener) => void http.on('request', application),
    /** That of a connection, read once for all its requests. */
    certificateOf: (socket: Socket) => certificates.get(socket),
    /** From the next connection on. */
    show: (next: Shown) => server.setSecureContext(contextOf(next)),
    /** Ends the open connections of those who would not be let in now. */
    async recheck() {
      for (const [socket, certificate] of certificates)
        if (!(await welcomes(certificate))) socket.destroy()
    },
    close() {
      server.close()
      http.closeAllConnections()
    },
  }
}

const contextOf = ({ key, cert, roots }: Shown) => ({
  key,
  cert,
  ca: roots,
  minVersion: 'TLSv1.3' as const,
})

function httpServer() {
  const http = createHttpServer({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 5000,
    maxHeaderSize: 8192,
  })
  // It never listens by itself, and without this word it would never look at its timeouts.
  http.emit('listening')
  return http
}
