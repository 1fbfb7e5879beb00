import type { TLSSocket } from 'node:tls'
import { callbackify } from 'node:util'
import { buildConnector } from 'undici'
import { tlsFor, type Address, type Identity } from './tls.ts'
import { unreachable } from './unreachable.ts'

/** Whether a host's certificate, by its serial number, counts no longer. */
export type IsOver = (serial: string) => Promise<boolean>

export type Connections = ReturnType<typeof connections>

/** The connections to agents, each known by the certificate at its other end. */
export function connections(identity: () => Identity, isOver: IsOver) {
  const open = new Map<TLSSocket, string>()

  /** Kept before it is asked about: what is revoked meanwhile is dropped. */
  async function admit(socket: TLSSocket): Promise<void> {
    const serial = socket.getPeerCertificate().serialNumber.toLowerCase()
    open.set(socket, serial)
    socket.once('close', () => open.delete(socket))
    try {
      if (await isOver(serial)) throw Object.assign(new Error(serial), { code: 'CERT_REVOKED' })
      if (socket.destroyed) throw Object.assign(new Error(serial), { code: 'ECONNRESET' })
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  return {
    /**
     * Every new connection is made as who we are by then: our certificate is renewed while we run. What fails
     * here failed before anything was asked. None resumes an older session: that would not show the certificate.
     */
    connectorTo(address: Address): buildConnector.connector {
      const connectorOf = (known: Identity) => ({
        known,
        connect: buildConnector({
          ...tlsFor(address, known),
          allowH2: false,
          maxCachedSessions: 0,
          timeout: 5000,
        }),
      })
      let current = connectorOf(identity())
      return (options, callback) => {
        if (current.known !== identity()) current = connectorOf(identity())
        const refuse = (error: unknown) => callback(unreachable(error, false), null)
        current.connect(options, (error, socket) => {
          if (error) return refuse(error)
          callbackify(admit)(socket as TLSSocket, (refused) =>
            refused ? refuse(refused) : callback(null, socket),
          )
        })
      }
    },

    /** The serial numbers of the certificates at the other ends. */
    serials: (): string[] => [...new Set(open.values())],

    /** Ends what is open to these certificates, whatever is under way there. */
    drop(serials: string[]) {
      const over = new Set(serials)
      for (const [socket, serial] of open) if (over.has(serial)) socket.destroy()
    },
  }
}
