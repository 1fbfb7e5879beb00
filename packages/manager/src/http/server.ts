import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import { createServer as plainServer, type AddressInfo, type Server as Listening } from 'node:net'
import { Failure } from '@linux-patch/shared/failure'
import type { Express } from 'express'

export type Credentials = { key: string; cert: string }

/** HTTPS for people, scripts and enrollment. The certificate chain ends with the root, so that hosts can pin it. */
export function httpsServer(application: Express, credentials: Credentials): Server {
  const server = createServer(tlsOf(credentials), application)
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.keepAliveTimeout = 60_000
  server.maxConnections = 2000
  // A port scanner or a broken client is no news; its socket is closed and that is all.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

const tlsOf = ({ key, cert }: Credentials) => ({ key, cert, minVersion: 'TLSv1.2' as const })

/** From the next connection on. Those that are open stay. */
export const showCertificate = (server: Server, credentials: Credentials) =>
  server.setSecureContext(tlsOf(credentials))

type Place = { address: string; port: number }

/** Answers the port, which port 0 leaves to the system. */
export async function listen(server: Listening, { address, port }: Place): Promise<number> {
  try {
    server.listen({ host: address, port, ipv6Only: false })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } catch (cause) {
    const { message } = cause as Error
    const said = `Port ${port} of ${address} cannot be listened on: ${message}`
    throw new Failure('unavailable', said, { cause })
  }
}

/** Throws what `listen` would. */
export async function tryPort(place: Place): Promise<void> {
  const server = plainServer()
  await listen(server, place)
  server.close()
  await once(server, 'close')
}
