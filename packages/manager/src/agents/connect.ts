import { agentApi, type AgentApi } from '@linux-patch/shared/agent-api'
import { client, type Transport, type Unwrap } from '@linux-patch/shared/client'
import type { Client } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { unwrapEnvelope } from '@linux-patch/shared/unwrap'
import { buildConnector, errors, Pool } from 'undici'
import { tlsFor, type Address, type Identity } from './tls.ts'

export type Agent = Client<AgentApi>

/** Agents by host: their connections are kept open and shared by all who call. */
export type Agents = {
  at: (address: Address) => Agent
  close: () => Promise<void>
}

/** An agent answers within seconds; a host that lost its network leaves the connection open and silent. */
const patience = { silence_ms: 20_000, whole_ms: 60_000 }
const IDLE = 5000
const ANSWER_LIMIT = 32 * 1024 * 1024

export function agents(identity: () => Identity, { silence_ms, whole_ms } = patience): Agents {
  const pools = new Map<string, Pool>()
  let closed = false

  function poolFor(address: Address): Pool {
    const origin = originOf(address)
    const key = `${address.host_id} ${origin}`
    const known = pools.get(key)
    if (known) return known
    const pool = new Pool(origin, {
      connections: 4,
      pipelining: 1,
      connect: connectorTo(address, identity),
      headersTimeout: silence_ms,
      bodyTimeout: silence_ms,
      keepAliveTimeout: IDLE,
      maxResponseSize: ANSWER_LIMIT,
    })
    pools.set(key, pool)
    return pool
  }

  const sendTo =
    (address: Address): Transport =>
    async ({ method, path, headers, body, signal }) => {
      if (closed) throw new Error('The manager stops.')
      // A byte now and then is no silence, and would hold us for ever.
      const limit = AbortSignal.timeout(whole_ms)
      const either = signal ? AbortSignal.any([signal, limit]) : limit
      const asking = { method, path, headers, body, signal: either }
      try {
        const answer = await poolFor(address).request(asking)
        return { status: answer.statusCode, body: await answer.body.text() }
      } catch (cause) {
        // That we let go ourselves says nothing about the host.
        if (closed || signal?.aborted || cause instanceof Failure) throw cause
        throw unreachable(cause, true)
      }
    }

  return {
    at: (address) => client(agentApi, sendTo(address), unwrapFitting),
    async close() {
      closed = true
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

/**
 * Every new connection is made as who we are by then: our certificate is renewed while we run. What fails here
 * failed before anything was asked.
 */
function connectorTo(address: Address, identity: () => Identity): buildConnector.connector {
  const connectorOf = (known: Identity) => ({
    known,
    connect: buildConnector({ ...tlsFor(address, known), timeout: 5000 }),
  })
  let current = connectorOf(identity())
  return (options, callback) => {
    if (current.known !== identity()) current = connectorOf(identity())
    current.connect(options, (...made) => {
      const [error] = made
      if (error) callback(unreachable(error, false), null)
      else callback(...made)
    })
  }
}

/** A host may be hostile: what does not fit the contract is its fault, and said so. */
const unwrapFitting: Unwrap = (incoming, endpoint) => {
  const answer = unwrapEnvelope(incoming, endpoint)
  const { success, error } = endpoint.output.safeParse(answer)
  if (success) return answer
  const [issue] = error.issues
  throw new Failure(
    'host_refused',
    `The agent's answer does not fit its API: ${issue?.path.join('.')}: ${issue?.message}`,
  )
}

export const originOf = ({ ip_address, agent_port }: Address) =>
  `https://${ip_address.includes(':') ? `[${ip_address}]` : ip_address}:${agent_port}`

/**
 * Why a host cannot be reached, in words. An agent drops whom it does not know without a word, so a connection
 * that closes early may well mean "our address is not in its whitelist" or "our certificate is not accepted".
 * `sent`: whether the host may have heard what it was asked.
 */
function unreachable(cause: unknown, sent: boolean): Failure {
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
  ERR_TLS_CERT_ALTNAME_INVALID:
    'Whoever answered there is not this host: the certificate is another’s.',
}
