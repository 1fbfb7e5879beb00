import { request } from 'node:https'
import { isIP } from 'node:net'
import type { PeerCertificate } from 'node:tls'
import { text } from 'node:stream/consumers'
import type { Transport } from '@linux-patch/shared/client'
import { hostOf, toFailure } from './first-contact.ts'
import { uris } from './peer.ts'

type Credentials = { ca: string; cert: string; key: string }
type Manager = { url: string; identity: string }

const PATIENCE_MS = 30_000
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Speaks with the manager as the host that a certificate names, each time over a new connection. Whoever answers has
 * to be the manager by its certificate: neither DNS nor another host can stand in for it.
 */
export function enrolledTransport({ url, identity }: Manager, credentials: Credentials): Transport {
  const manager = new URL(url)
  const host = hostOf(manager)
  return ({ method, path, headers, body, signal }) =>
    new Promise((answer, fail) => {
      const asking = request({
        ...credentials,
        agent: false,
        method,
        host,
        port: manager.port || 443,
        path,
        headers: { ...headers, host: manager.host },
        minVersion: 'TLSv1.3',
        ...(isIP(host) === 0 && { servername: host }),
        checkServerIdentity: (_name, certificate) => refuseStranger(identity, certificate),
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(signal ? [signal] : [])]),
      })
      asking.on('error', (cause) => fail(toFailure(manager, cause)))
      asking.on('response', (response) => {
        let bytes = 0
        response.on('data', (data: Buffer) => {
          bytes += data.length
          if (bytes > MOST_BYTES) response.destroy(new Error('The answer is too long.'))
        })
        text(response).then(
          (read) => answer({ status: response.statusCode ?? 0, body: read }),
          (cause: unknown) => fail(toFailure(manager, cause)),
        )
      })
      asking.end(body ?? undefined)
    })
}

function refuseStranger(identity: string, { subjectaltname }: PeerCertificate): Error | undefined {
  if (uris({ subjectAltName: subjectaltname }).includes(identity)) return undefined
  return Object.assign(new Error(`it is not that of ${identity}`), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
}
