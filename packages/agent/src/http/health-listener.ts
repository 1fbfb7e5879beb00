import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { Health } from '@linux-patch/shared/agent-api/system'
import { Failure } from '@linux-patch/shared/failure'
import type { Config } from '../config.ts'
import type { Audit } from '../services/audit.ts'
import { normal } from '../services/whitelist.ts'
import { isLoopback } from './diagnosis.ts'
import { front } from './front.ts'
import type { RateLimits } from './rate-limits.ts'

type Wanted = Config['health']['public_listener']
type Deps = {
  health: () => Promise<Pick<Health, 'status'>>
  allows: (address: string) => boolean
  limits: RateLimits
  audit: Pick<Audit, 'turnedAway'>
}
type Open = Awaited<ReturnType<typeof listen>>
export type HealthListener = ReturnType<typeof healthListener>

const timeouts = { headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000 }

/** Open while the settings say so, and where they say. */
export function healthListener(deps: Deps) {
  let open: (Open & { wanted: Wanted }) | undefined

  let turn: Promise<unknown> = Promise.resolve()

  async function change(wanted: Wanted | null): Promise<number | null> {
    if (wanted && isDeepStrictEqual(open?.wanted, wanted)) return open?.port ?? null
    const before = open
    open = undefined
    await before?.close()
    if (wanted?.enabled) open = { ...(await listen(deps, wanted)), wanted }
    return open?.port ?? null
  }

  /** One after the other, whoever asks meanwhile. */
  function inTurn(wanted: Wanted | null) {
    const work = turn.then(() => change(wanted))
    turn = work.catch(() => undefined)
    return work
  }

  return {
    /** Answers the port that is open then. Throws where it cannot be opened. */
    apply: (wanted: Wanted) => inTurn(wanted),
    recheck: () => open?.recheck(),
    close: async () => void (await inTurn(null)),
  }
}

/**
 * Plain HTTP for monitors that have no certificate: one word about the whole, and nothing about anything else. It
 * has nothing in common with the API's routes, so that none of those can ever be reached through it.
 */
async function listen(deps: Deps, { bind, port }: Wanted) {
  const http = createServer({ ...timeouts, maxHeaderSize: 8192 }, (request, response) => {
    answer(deps, request, response).catch(() => response.destroy())
  })
  // It never listens by itself, and without this word it would never look at its timeouts.
  http.emit('listening')
  http.on('clientError', (_error, socket) => socket.destroy())
  const gate = front({
    allows: (address) => isLoopback(address) || deps.allows(address),
    accept: (socket) => http.emit('connection', socket),
    turnAway: deps.audit.turnedAway,
  })
  gate.server.listen({ host: bind, port, ipv6Only: false })
  await once(gate.server, 'listening')

  return {
    port: (gate.server.address() as AddressInfo).port,
    recheck: gate.recheck,
    async close() {
      gate.server.close()
      gate.closeAll()
      http.close()
      await once(gate.server, 'close')
    },
  }
}

async function answer(
  { health, limits }: Pick<Deps, 'health' | 'limits'>,
  { method = '', url = '', socket }: IncomingMessage,
  response: ServerResponse,
) {
  response.setHeader('Cache-Control', 'no-store')
  const [path] = url.split('?')
  if (path !== '/health') return void response.writeHead(404).end()
  if (method !== 'GET' && method !== 'HEAD')
    return void response.writeHead(405, { Allow: 'GET, HEAD' }).end()
  const seconds = secondsToWait(limits, normal(socket.remoteAddress ?? ''))
  if (seconds !== null) return void response.writeHead(429, { 'Retry-After': seconds }).end()

  const { status } = await health()
  const type = { 'Content-Type': 'application/json; charset=utf-8' }
  response.writeHead(status === 'unhealthy' ? 503 : 200, type).end(JSON.stringify({ status }))
}

function secondsToWait(limits: RateLimits, address: string): number | null {
  try {
    limits.take(address, 'health')
    return null
  } catch (error) {
    if (error instanceof Failure) return Number(error.details.retry_after_seconds)
    throw error
  }
}
