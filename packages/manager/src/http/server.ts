import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'

export type Credentials = { key: string; cert: string }

/** HTTPS for people, scripts and enrollment. The certificate chain ends with the root, so that hosts can pin it. */
export function httpsServer(application: Express, { key, cert }: Credentials): Server {
  const server = createServer({ key, cert, minVersion: 'TLSv1.2' }, application)
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.keepAliveTimeout = 60_000
  server.maxConnections = 2000
  // A port scanner or a broken client is no news; its socket is closed and that is all.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

export async function listen(server: Server, address: string, port: number): Promise<number> {
  server.listen({ host: address, port, ipv6Only: false })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
