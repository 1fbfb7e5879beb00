import { once } from 'node:events'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { Pool } from 'undici'
import { agentApi, type AgentApi } from '@linux-patch/shared/agent-api'
import type { AgentJob } from '@linux-patch/shared/agent-job'
import { z } from 'zod'
import type { Handlers } from '@linux-patch/shared/contract'
import { envelope, FailedEnvelope } from '@linux-patch/shared/envelope'
import { Failure } from '@linux-patch/shared/failure'
import type { HostOperation } from '@linux-patch/shared/permissions'
import type { AgentSocketMessage } from '@linux-patch/shared/live'
import { Config } from '../config.ts'
import { host, manager, testAuthority } from '../pki/authority.test.kit.ts'
import type { Caller } from '../pki/peer.ts'
import type { Material } from '../services/certificates.ts'
import { allowList } from '../services/whitelist.ts'
import { admission, allowing } from './admit.ts'
import { app } from './app.ts'
import { live } from './live.ts'
import { rateLimits } from './rate-limits.ts'
import { counting, quiet, recorder } from './recorder.test.kit.ts'
import { agentServer } from './server.ts'

export const JOB_ID = '01980000-0000-4000-8000-000000000001'
export const OTHER_JOB_ID = '01980000-0000-4000-8000-000000000002'
const AT = '2026-01-02T03:04:05.000Z'

export const job: AgentJob = {
  job_id: JOB_ID,
  operation: 'install',
  status: 'running',
  progress_percent: 40,
  message: 'unpacking',
  created_at: AT,
  updated_at: AT,
  completed_at: null,
  packages: ['nginx'],
  original_job_id: null,
  cancel_requested_at: null,
  scheduled_at: null,
  result: null,
  logs: [{ timestamp: AT, level: 'info', message: 'Unpacking nginx' }],
}

type Wanted = {
  operations?: HostOperation[]
  limits?: Partial<Config['rate_limits']>
  handlers?: Partial<Handlers<AgentApi, Caller>>
  whitelist?: string[]
  diagnose?: boolean
  pingMs?: number
  mostWaiting?: number
  headersTimeout?: number
  now?: () => Date
}

/** An agent on loopback with certificates of its own, and a manager that may call it. */
export async function world(wanted: Wanted = {}) {
  const authority = await testAuthority()
  const [own, caller] = [await authority.issue(host), await authority.issue(manager)]
  const { now = () => new Date(), diagnose = false, headersTimeout = 10_000 } = wanted
  const entries = wanted.whitelist ?? ['127.0.0.1']
  const list = allowList({ entries: () => entries, resolve: async () => [] })
  list.apply()
  const audit = recorder()
  const reasons = new Map<string, string>()
  const server = agentServer({
    material: own,
    allows: list.allows,
    audit,
    diagnose: () => diagnose,
    now,
    reasonAgainst: (serial) => reasons.get(serial) ?? null,
    timeouts: { connectionsCheckingInterval: 100, headersTimeout },
  })
  const asked: string[] = []
  const jobs = oneJob()
  const admit = admissionOf(wanted, server.callerOf, now)
  const { pingMs = 30_000, mostWaiting = 1024 * 1024 } = wanted
  const sockets = live({ admit, audit, now, jobs, pingMs, mostWaiting })
  const metrics = counting()
  const handlers = stubs(wanted.handlers ?? {}, asked)
  const routes = app({ handlers, admit, callerOf: server.callerOf, audit, metrics, log: quiet })
  const { port } = await server.listen({ app: routes, upgrade: sockets.upgrade }, '127.0.0.1', 0)

  return {
    authority,
    own,
    caller,
    port,
    server,
    entries,
    /** Why certificates count no longer, by serial number. */
    reasons,
    list,
    refusals: audit.refusals,
    actions: audit.actions,
    counted: metrics.counted,
    /** The names of the handlers that ran. */
    asked,
    say: jobs.say,
    pool: (material: Material = caller) => poolTo(port, material),
    async [Symbol.asyncDispose]() {
      sockets.close()
      await server.close()
    },
  }
}

/** One job that can be read, and word of any that `say` is given. */
function oneJob() {
  const listeners = new Set<(message: AgentSocketMessage) => void>()
  return {
    get(job_id: string) {
      if (job_id === JOB_ID) return job
      throw new Failure('JOB_NOT_FOUND', `There is no job ${job_id}.`)
    },
    watch(listener: (message: AgentSocketMessage) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    say: (message: AgentSocketMessage) => listeners.forEach((listener) => listener(message)),
  }
}

function admissionOf(
  { operations, limits }: Wanted,
  callerOf: (socket: object) => Caller | undefined,
  now: () => Date,
) {
  const config = Config.parse({})
  const rate_limits = { ...config.rate_limits, ...limits }
  return admission({
    callerOf,
    allow: allowing(() => operations ?? config.operations),
    limits: rateLimits({ limits: () => rate_limits, now: () => now().getTime() }),
    now,
  })
}

function stubs(handlers: Partial<Handlers<AgentApi, Caller>>, asked: string[]) {
  const names = Object.keys(agentApi) as (keyof AgentApi)[]
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (input: never, call: never) => {
        asked.push(name)
        const handler = handlers[name]
        if (!handler) throw new Failure('JOB_NOT_FOUND', 'nothing here')
        return handler(input, call)
      },
    ]),
  ) as unknown as Handlers<AgentApi, Caller>
}

/** One connection, kept open between requests as the manager keeps it. */
function poolTo(port: number, { ca, cert, key }: Material) {
  const pool = new Pool(`https://127.0.0.1:${port}`, { connections: 1, connect: { ca, cert, key } })
  return {
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const answer = await pool.request({
        method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      })
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: FailedEnvelope.or(envelope(z.unknown())).parse(await answer.body.json()),
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}

type Options = ConnectionOptions & { localAddress?: string }
export const connectTo = (port: number, options: Options): TLSSocket =>
  connect({ port, host: '127.0.0.1', ...options })

type Heard = { bytes: number; text: string; error: string | undefined }

export const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`

/** Speaks to the port as somebody who does not care what the server is, and tells all that came back. */
export async function knock(port: number, options: Options, text: string): Promise<Heard> {
  const socket = connectTo(port, { rejectUnauthorized: false, ...options })
  const heard: Heard = { bytes: 0, text: '', error: undefined }
  socket.on('data', (data) => (heard.text += data.toString()))
  socket.on('error', (error: NodeJS.ErrnoException) => (heard.error = error.code))
  socket.on('secureConnect', () => socket.write(text))
  await once(socket, 'close').catch(() => undefined)
  return { ...heard, bytes: socket.bytesRead }
}
