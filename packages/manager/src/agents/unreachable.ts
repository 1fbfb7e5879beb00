import { Failure } from '@linux-patch/shared/failure'
import { errors } from 'undici'

/**
 * Why a host cannot be reached, in words. An agent drops whom it does not know without a word, so a connection
 * that closes early may well mean "our address is not in its whitelist" or "our certificate is not accepted".
 * `sent`: whether the host may have heard what it was asked.
 */
export function unreachable(cause: unknown, sent: boolean): Failure {
  const { name, message = String(cause), ...thrown } = cause as Partial<NodeJS.ErrnoException>
  const code = name === 'TimeoutError' ? name : (thrown.code ?? '')
  if (cause instanceof errors.ResponseExceededMaxSizeError)
    return new Failure('host_refused', 'The answer of the agent is too long.', { cause })
  if (cause instanceof errors.HTTPParserError)
    return new Failure('host_refused', 'What answered there does not speak HTTP.', { cause })
  const said = reasons[code] ?? `The host cannot be reached: ${message}`
  return new Failure('host_unreachable', said, { cause, details: { sent } })
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens on the agent’s port of this host.',
  ECONNRESET:
    'The agent closed the connection without a word: does its whitelist have our address?',
  UND_ERR_SOCKET: 'The agent closed the connection: it may not accept our certificate or address.',
  UND_ERR_HEADERS_TIMEOUT: 'The host has stopped answering.',
  UND_ERR_BODY_TIMEOUT: 'The host has stopped answering.',
  TimeoutError: 'The host answers too slowly.',
  UND_ERR_CONNECT_TIMEOUT: 'The host did not answer within 5 seconds.',
  EHOSTUNREACH: 'There is no route to the host, or it is off.',
  CERT_REVOKED: 'The certificate that the host shows was revoked or replaced: it is refused.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'Whoever answered there is not this host: the certificate is another’s.',
}
