import { replyWithFailure } from '@linux-patch/shared/refuse'
import type { ErrorRequestHandler } from 'express'
import type { Log } from '../log.ts'

/** The last middleware of both of the manager's APIs. */
export const replyBare = (log: Log): ErrorRequestHandler =>
  replyWithFailure({
    badRequest: 'invalid_request',
    internal: 'internal',
    word: (request_id, { code, message, details }) => ({
      error: { code, message, request_id, details },
    }),
    log: (failure, request_id, cause) => {
      if (failure.code === 'internal') log.error({ request_id, err: cause }, 'request failed')
    },
  })
