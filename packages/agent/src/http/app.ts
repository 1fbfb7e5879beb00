import express, { type ErrorRequestHandler, type Express } from 'express'
import { agentApi, type AgentApi } from '@linux-patch/shared/agent-api'
import type { Handlers } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import {
  refuseOtherMethods,
  refuseUnknownRoutes,
  replyWithFailure,
} from '@linux-patch/shared/refuse'
import { nameRequest, serve } from '@linux-patch/shared/serve'
import type { Caller } from '../pki/peer.ts'
import type { Admission } from './admit.ts'
import { keepRecord, type RecordDeps } from './record.ts'
import { wordFailure, wrap } from './wording.ts'

type Deps = RecordDeps & {
  handlers: Handlers<AgentApi, Caller>
  admit: Admission
}

/** The agent's API. It sees only connections whose caller is known. */
export function app({ handlers, admit, log, ...deps }: Deps): Express {
  const routes = express()
  routes.disable('x-powered-by').disable('etag').set('query parser', 'simple')
  routes.use(nameRequest, keepRecord({ log, ...deps }))

  const manners = { badRequest: 'INVALID_REQUEST', wrap } as const
  serve(routes, { contract: agentApi, handlers, admit, manners })
  refuseOtherMethods(routes, agentApi, 'INVALID_REQUEST')
  routes.use(refuseUnknownRoutes('INVALID_REQUEST'))
  routes.use(noteFailure)
  routes.use(
    replyWithFailure({
      badRequest: 'INVALID_REQUEST',
      // The closed list has no code for a mistake of ours; this one may be tried again, which is true.
      internal: 'SERVICE_UNHEALTHY',
      word: (requestId, failure) => wordFailure(requestId, failure),
      log: (failure, requestId, cause) => {
        const expected = failure === cause || failure.code === 'INVALID_REQUEST'
        const fields = { request_id: requestId, code: failure.code, err: cause }
        log[expected ? 'debug' : 'error'](fields, 'request failed')
      },
    }),
  )
  return routes
}

/** The record of a request names the code that it was refused with. */
const noteFailure: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof Failure) response.locals.code = error.code
  next(error)
}
