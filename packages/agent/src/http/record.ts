import type { Request, RequestHandler, Response } from 'express'
import type { AgentFailureCode } from '@linux-patch/shared/failure'
import type { Caller } from '../pki/peer.ts'
import type { Audit } from '../services/audit.ts'
import type { Metrics } from '../services/metrics.ts'
import { normal } from '../services/whitelist.ts'

type Write = (fields: object, message: string) => void
export type Log = { debug: Write; info: Write; warn: Write; error: Write }

export type RecordDeps = {
  callerOf: (socket: object) => Caller | undefined
  audit: Pick<Audit, 'action'>
  metrics: Pick<Metrics, 'request' | 'refused'>
  log: Log
}

/** Keeps who asked what: in the audit log what acts or was refused, in the journal what is only read as well. */
export const keepRecord =
  ({ callerOf, audit, metrics, log }: RecordDeps): RequestHandler =>
  (request, response, next) => {
    // Taken now, for a connection that is gone by the time the answer is.
    const caller = callerOf(request.socket)
    const address = normal(request.socket.remoteAddress ?? '')
    response.set('Cache-Control', 'no-store')
    response.once('close', () => {
      const record = { ...whoAsked(caller, address), ...whatCame(request, response) }
      log.debug(record, 'request')
      metrics.request(request.method, routeOf(request), record.status)
      if (record.code) metrics.refused(record.code)
      if (isRefused(record.status) || !isQuestion(request.method)) audit.action(record)
    })
    next()
  }

const whoAsked = (caller: Caller | undefined, address: string) => ({
  identity: caller?.identity ?? '',
  fingerprint: caller?.fingerprint ?? '',
  address,
})

const whatCame = (request: Request, response: Response) => ({
  request_id: String(response.locals.requestId),
  action: `${request.method} ${request.path}`,
  status: response.statusCode,
  code: (response.locals.code as AgentFailureCode | undefined) ?? null,
  job_id: response.get('Location')?.split('/').at(-1) ?? null,
  reason: reasonOf(request.body),
})

const LONGEST_REASON = 500

/** Refused requests are recorded too, before anybody has looked at what their body holds. */
function reasonOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('reason' in body)) return null
  return typeof body.reason === 'string' ? body.reason.slice(0, LONGEST_REASON) : null
}

/** As the contract spells it: a path that nobody knows must not become a series of its own. */
function routeOf({ route }: Request): string {
  const path: unknown = (route as { path?: unknown } | undefined)?.path
  return typeof path === 'string' ? path : 'other'
}

const isRefused = (status: number) => [401, 403, 429].includes(status)
const isQuestion = (method: string) => method === 'GET' || method === 'HEAD'
