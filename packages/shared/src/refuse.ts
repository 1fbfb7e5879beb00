import type { ErrorRequestHandler, RequestHandler, Router } from 'express'
import { placeOf, type Contract } from './contract.ts'
import { Failure, failures, type FailureCode } from './failure.ts'

/** Answers a known path asked with another method: 405, and the methods it has. */
export function refuseOtherMethods(router: Router, contract: Contract, code: FailureCode) {
  const methods = new Map<string, Set<string>>()
  for (const endpoint of Object.values(contract)) {
    const { method, path } = placeOf(endpoint)
    for (const place of [path, ...(endpoint.aliases ?? [])])
      methods.set(place, (methods.get(place) ?? new Set()).add(method))
  }
  for (const [path, allowed] of methods)
    router.all(path, (request, response) => {
      const allow = [...allowed].join(', ')
      response.set('Allow', allow).status(405)
      throw new Failure(code, `${request.method} is not possible here; ${allow} is.`, {
        details: { reason: 'method_not_allowed' },
      })
    })
}

export const refuseUnknownRoutes =
  (code: FailureCode): RequestHandler =>
  (request, response) => {
    response.status(404)
    throw new Failure(code, `There is nothing at ${request.originalUrl.split('?')[0]}.`, {
      details: { reason: 'unknown_route' },
    })
  }

type WordFailure = (requestId: string, failure: Failure) => unknown
export type Log = (failure: Failure, requestId: string, cause: unknown) => void
type Refusing = {
  badRequest: FailureCode
  internal: FailureCode
  word: WordFailure
  log: Log
}

/** The last middleware. A Failure speaks for itself; of anything else only the log hears the details. */
export const replyWithFailure =
  (refusing: Refusing): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const requestId = response.locals.requestId as string
    const failure = asFailure(error, refusing)
    refusing.log(failure, requestId, error)
    const seconds = failure.details.retry_after_seconds
    if (typeof seconds === 'number') response.set('Retry-After', String(seconds))
    response
      .status(statusOf(failure, error, response.statusCode))
      .json(refusing.word(requestId, failure))
  }

function asFailure(error: unknown, { badRequest, internal }: Refusing): Failure {
  if (error instanceof Failure) return error
  if (isHttpError(error))
    return new Failure(badRequest, error.message, { details: { reason: error.type } })
  return new Failure(
    internal,
    'Something failed here; the log has the details under this request id.',
  )
}

/** A status that was set before the failure was thrown (405, 404) or that the body's reader names (413) comes first. */
function statusOf(failure: Failure, error: unknown, already: number): number {
  if (already >= 400) return already
  return isHttpError(error) ? error.status : failures[failure.code].status
}

type HttpError = Error & { type: string; status: number }

/** What Express throws at a body that is too large or is not JSON, and at a path that cannot be decoded. */
const isHttpError = (error: unknown): error is HttpError =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500
