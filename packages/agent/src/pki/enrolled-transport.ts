import { request } from 'node:https'
import { isIP } from 'node:net'
import type { PeerCertificate } from 'node:tls'
import { text } from 'node:stream/consumers'
import type { Transport } from '@linux-patch/shared/client'
import { Failure } from '@linux-patch/shared/failure'
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
      const patience = AbortSignal.timeout(PATIENCE_MS)
      const refuse = (cause: unknown) =>
        fail(patience.aborted ? tooSlow(manager) : toFailure(manager, cause))
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
        signal: AbortSignal.any([patience, ...(signal ? [signal] : [])]),
      })
      asking.on('error', refuse)
      asking.on('response', (response) => {
        let bytes = 0
        response.on('data', (data: Buffer) => {
          bytes += data.length
          if (bytes > MOST_BYTES) response.destroy(new Error('its answer is too long'))
        })
        text(response).then(
          (read) => answer({ status: response.statusCode ?? 0, body: read }),
          refuse,
        )
      })
      asking.end(body ?? undefined)
    })
}

const tooSlow = ({ host }: URL) =>
  new Failure('unavailable', `${host} took longer than ${PATIENCE_MS / 1000} seconds to answer.`)

function refuseStranger(identity: string, { subjectaltname }: PeerCertificate): Error | undefined {
  if (uris({ subjectAltName: subjectaltname }).includes(identity)) return undefined
  return Object.assign(new Error(`it is not that of ${identity}`), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
}
