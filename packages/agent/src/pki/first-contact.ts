import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { isIP } from 'node:net'
import {
  connect,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls'
import { Failure } from '@linux-patch/shared/failure'
import { fingerprint } from './peer.ts'

export type Contact = {
  /** The root that everything said to this manager is checked against from now on. */
  root: string
  /** The address that this host has on the way to the manager. */
  local_address: string
}

const CONNECT_MS = 10_000

/**
 * Finds the manager's root by its fingerprint and checks that whoever answers holds a certificate of it for the
 * name that was dialled. Not a byte of HTTP is sent before that, or here at all.
 */
export async function firstContact(manager: URL, pin: string): Promise<Contact> {
  const chain = await presentedChain(manager)
  const root = chain.find((certificate) => `sha256:${fingerprint(certificate)}` === pin)
  if (!root)
    throw new Failure(
      'invalid_request',
      `${manager.host} showed no root certificate with the fingerprint ${pin}: it is not that manager, ` +
        'or the fingerprint is not its own. Nothing was sent.',
    )

  const ca = root.toString()
  const local_address = await talk(manager, { ca }, (socket) => socket.localAddress ?? '')
  return { root: ca, local_address }
}

/** Nobody is trusted here: the chain is only looked at. */
const presentedChain = (manager: URL) =>
  talk(manager, { rejectUnauthorized: false }, (socket) => toChain(socket.getPeerCertificate(true)))

async function talk<Answer>(
  manager: URL,
  options: ConnectionOptions,
  look: (socket: TLSSocket) => Answer,
): Promise<Answer> {
  const host = hostOf(manager)
  const socket = connect({
    host,
    port: Number(manager.port || 443),
    ...(isIP(host) === 0 && { servername: host }),
    ...options,
  })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_MS) })
    return look(socket)
  } catch (cause) {
    throw toFailure(manager, cause)
  } finally {
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

function toChain(leaf: DetailedPeerCertificate): X509Certificate[] {
  const chain: X509Certificate[] = []
  // The last one is its own issuer. A peer may send a circle as well.
  for (let one: DetailedPeerCertificate | undefined = leaf; one && chain.length < 10;) {
    chain.push(new X509Certificate(one.raw))
    one = one.issuerCertificate === one ? undefined : one.issuerCertificate
  }
  return chain
}

/** `[::1]` is how a URL writes it, and not an address. */
export const hostOf = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, '$1')

const UNTRUSTED = /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_)/

/** What waiting may help is `unavailable`; a manager that is not the right one is not. */
export function toFailure(manager: URL, cause: unknown): Failure {
  const { code = '', message } = toError(cause)
  if (UNTRUSTED.test(code))
    return new Failure(
      'invalid_request',
      `The certificate of ${manager.host} does not hold: ${message}.`,
      { cause },
    )
  return new Failure('unavailable', `${manager.host} cannot be reached: ${code || message}.`, {
    cause,
  })
}

const toError = (cause: unknown): { code?: string; message: string } =>
  cause instanceof Error ? cause : { message: String(cause) }
