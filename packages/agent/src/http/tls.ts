import { AsyncLocalStorage } from 'node:async_hooks'
import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { isRefusal, judgePeer, type Caller, type Refusal } from '../pki/peer.ts'
import type { Material } from '../services/certificates.ts'

type Deps = {
  material: Material
  now: () => Date
  /** Gets only those connections whose caller is known. */
  welcome: (socket: TLSSocket) => void
  turnAway: (refusal: Refusal, address: string, socket: TLSSocket | null) => void
}
export type TlsDoor = ReturnType<typeof tlsDoor>

const HANDSHAKE_MS = 5000

/**
 * TLS 1.3 with a certificate on both sides. OpenSSL is told to let everyone in, because otherwise it answers
 * some refusals and keeps the reason of others to itself: the judgement is ours, and HTTP is given a
 * connection only after it. There is no other way from here to a route.
 */
export function tlsDoor({ material, now, welcome, turnAway }: Deps) {
  const callers = new WeakMap<object, Caller>()
  /** The address of a connection whose handshake fails is gone by the time it is reported. */
  const addresses = new AsyncLocalStorage<string>()
  const server = createServer({
    ...context(material),
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MS,
  })

  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy())
    const verdict = judgePeer(presented(socket), now())
    if (isRefusal(verdict)) return turnAway(verdict, addresses.getStore() ?? '', socket)
    callers.set(socket, verdict)
    welcome(socket)
  })
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    socket.destroy()
    const reason = `handshake failed: ${error.code ?? error.message}`
    turnAway({ code: 'AUTH_INVALID_CERT', reason }, addresses.getStore() ?? '', null)
  })

  return {
    accept: (socket: Socket, address: string) =>
      addresses.run(address, () => server.emit('connection', socket)),
    /** Read once for each connection: to ask the socket at every request costs more than the request. */
    callerOf: (socket: object) => callers.get(socket),
    /** New connections get the new certificate; tickets of old sessions are worth nothing from now on. */
    reload: (next: Material) => server.setSecureContext(context(next)),
  }
}

const context = ({ ca, cert, key }: Material) => ({
  ca: [ca],
  cert,
  key,
  minVersion: 'TLSv1.3' as const,
  maxVersion: 'TLSv1.3' as const,
})

/** Node gives the server OpenSSL's code as text, though its types say otherwise. */
function presented(socket: TLSSocket) {
  const error: unknown = socket.authorizationError
  const code = typeof error === 'string' ? error : 'not authorised'
  return {
    certificate: socket.getPeerX509Certificate(),
    chainError: socket.authorized ? null : code,
  }
}
