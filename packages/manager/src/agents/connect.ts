import { agentApi, type AgentApi } from '@linux-patch/shared/agent-api'
import { client, type Transport, type Unwrap } from '@linux-patch/shared/client'
import type { Client } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { unwrapEnvelope } from '@linux-patch/shared/unwrap'
import { Pool } from 'undici'
import { connections, type IsOver } from './connections.ts'
import { followJob, type Following } from './socket.ts'
import { originOf, type Address, type Identity } from './tls.ts'
import { unreachable } from './unreachable.ts'

export type Agent = Client<AgentApi>

/** Agents by host: their connections are kept open and shared by all who call. */
export type Agents = {
  at: (address: Address) => Agent
  /** Opens an agent's socket about one job. Returns how to close it. */
  follow: (address: Address, jobId: string, following: Following) => () => void
  /** The serial numbers of the certificates that connections are open to. */
  serials: () => string[]
  /** Ends the connections to these certificates at once. */
  drop: (serials: string[]) => void
  close: () => Promise<void>
}

/** An agent answers within seconds; a host that lost its network leaves the connection open and silent. */
const usual = { silence_ms: 20_000, whole_ms: 60_000 }
const IDLE = 5000
const ANSWER_LIMIT = 32 * 1024 * 1024

type Deps = { identity: () => Identity; isOver: IsOver; patience?: typeof usual }

export function agents({ identity, isOver, patience = usual }: Deps): Agents {
  const { silence_ms, whole_ms } = patience
  const { connectorTo, serials, drop } = connections(identity, isOver)
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
      connect: connectorTo(address),
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
    follow: (address, jobId, following) =>
      followJob(address, connectorTo(address), jobId, following),
    serials,
    drop,
    async close() {
      closed = true
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
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
