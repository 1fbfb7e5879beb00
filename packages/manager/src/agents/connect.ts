import { agentApi, type AgentApi } from '@linux-patch/shared/agent-api'
import { client } from '@linux-patch/shared/client'
import type { Client } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { unwrapEnvelope } from '@linux-patch/shared/unwrap'
import { Pool } from 'undici'
import { tlsFor, type Address, type Identity } from './tls.ts'

export type Agent = Client<AgentApi>

/** Agents by host: their connections are kept open and shared by all who call. */
export type Agents = {
  at: (address: Address) => Agent
  close: () => Promise<void>
}

/** An agent answers within seconds; a host that lost its network leaves the connection open and silent. */
const SILENCE = 20_000
const IDLE = 5000
const ANSWER_LIMIT = 32 * 1024 * 1024

export function agents(identity: () => Identity): Agents {
  const pools = new Map<string, Pool>()

  function poolFor(address: Address): Pool {
    const origin = originOf(address)
    const key = `${address.host_id} ${origin}`
    const known = pools.get(key)
    if (known) return known
    const pool = new Pool(origin, {
      connections: 4,
      pipelining: 1,
      connect: { ...tlsFor(address, identity()), timeout: 5000 },
      headersTimeout: SILENCE,
      bodyTimeout: SILENCE,
      keepAliveTimeout: IDLE,
      maxResponseSize: ANSWER_LIMIT,
    })
    pools.set(key, pool)
    return pool
  }

  return {
    at: (address) =>
      client(
        agentApi,
        async ({ method, path, headers, body, signal }) => {
          try {
            const answer = await poolFor(address).request({ method, path, headers, body, signal })
            return { status: answer.statusCode, body: await answer.body.text() }
          } catch (cause) {
            throw unreachable(cause)
          }
        },
        unwrapEnvelope,
      ),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

export const originOf = ({ ip_address, agent_port }: Address) =>
  `https://${ip_address.includes(':') ? `[${ip_address}]` : ip_address}:${agent_port}`

/**
 * Why a host cannot be reached, in words. An agent drops whom it does not know without a word, so a connection
 * that closes early may well mean "our address is not in its whitelist" or "our certificate is not accepted".
 */
export function unreachable(cause: unknown): Failure {
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string }
  const said = reasons[code] ?? `The host cannot be reached: ${message}`
  return new Failure('host_unreachable', said, { cause, details: { code } })
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens on the agent’s port of this host.',
  ECONNRESET:
    'The agent closed the connection without a word: does its whitelist have our address?',
  UND_ERR_SOCKET: 'The agent closed the connection: it may not accept our certificate or address.',
  UND_ERR_HEADERS_TIMEOUT: 'The host has stopped answering.',
  UND_ERR_BODY_TIMEOUT: 'The host has stopped answering.',
  UND_ERR_CONNECT_TIMEOUT: 'The host did not answer within 5 seconds.',
  EHOSTUNREACH: 'There is no route to the host, or it is off.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'Whoever answered there is not this host: the certificate is another’s.',
}
