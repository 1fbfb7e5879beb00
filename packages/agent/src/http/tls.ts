import { AsyncLocalStorage } from 'node:async_hooks'
import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { isRefusal, judgePeer, type Caller, type ReasonAgainst, type Refusal } from '../pki/peer.ts'
import { isVouchedFor, rootsIn } from '../pki/roots.ts'
import type { Material } from '../services/certificates.ts'

type Deps = {
  material: Material
  now: () => Date
  reasonAgainst: ReasonAgainst
  /** Gets only those connections whose caller is known. */
  welcome: (socket: TLSSocket) => void
  turnAway: (refusal: Refusal, address: string, socket: TLSSocket | null) => void
}
type Open = { caller: Caller; address: string }
export type TlsDoor = ReturnType<typeof tlsDoor>

const HANDSHAKE_MS = 5000

/**
 * TLS 1.3 with a certificate on both sides. OpenSSL is told to let everyone in, because otherwise it answers
 * some refusals and keeps the reason of others to itself: the judgement is ours, and HTTP is given a
 * connection only after it. There is no other way from here to a route.
 */
export function tlsDoor({ material, now, reasonAgainst, welcome, turnAway }: Deps) {
  const open = new Map<TLSSocket, Open>()
  let roots = rootsIn(material.ca)
  /** The address of a connection whose handshake fails is gone by the time it is reported. */
  const addresses = new AsyncLocalStorage<string>()
  const server = createServer({
    ...context(material),
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MS,
  })

  /** The roots may have changed since OpenSSL looked, or since the connection was let in. */
  function judge(certificate: X509Certificate | undefined, chainError: string | null) {
    const isOrphan = certificate && !isVouchedFor(certificate, roots)
    const error = chainError ?? (isOrphan ? 'not signed by our authority' : null)
    return judgePeer({ certificate, chainError: error }, now(), reasonAgainst)
  }

  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy())
    const certificate = socket.getPeerX509Certificate()
    const verdict = judge(certificate, chainErrorOf(socket))
    const address = addresses.getStore() ?? ''
    if (isRefusal(verdict)) return turnAway(verdict, address, socket)
    open.set(socket, { caller: verdict, address })
    socket.once('close', () => open.delete(socket))
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
    callerOf: (socket: object) => open.get(socket as TLSSocket)?.caller,

    /** New connections get the new certificate; tickets of old sessions are worth nothing from now on. */
    reload(next: Material) {
      server.setSecureContext(context(next))
      roots = rootsIn(next.ca)
    },

    /** Ends the open connections of those who would not be let in now. */
    recheck() {
      for (const [socket, { caller, address }] of open) {
        const verdict = judge(caller.certificate, null)
        if (!isRefusal(verdict)) continue
        turnAway(verdict, address, null)
        socket.destroy()
      }
    },
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
function chainErrorOf({ authorized, authorizationError }: TLSSocket): string | null {
  if (authorized) return null
  const error: unknown = authorizationError
  return typeof error === 'string' ? error : 'not authorised'
}
