import { Failure, failures } from '@linux-patch/shared/failure'
import { fieldErrors } from './field-errors.ts'

/** The manager words its failures for people; anything else is a fault of page or manager. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Failure))
    return 'The answer of the manager could not be read. Reload the page: the manager may be newer than it.'
  const fields = Object.entries(fieldErrors(error))
  if (fields.length > 0) return fields.map(problemOf).join(' ')
  return error.message + waitOf(error)
}

/** What is wrong with all of it names no field. */
const problemOf = ([field, message]: [string, string]) =>
  field === '' ? `${message}.` : `${field}: ${message}.`

/** Whether the manager never said what became of it: it may have done what was asked, and its answer been lost. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof Failure && error.code === 'unavailable' && error.details.request_id === undefined

/** What the log and the audit have it under; undefined for a refusal, which says by itself what to do. */
export function requestIdOf(error: unknown): string | undefined {
  if (!(error instanceof Failure) || failures[error.code].status < 500) return undefined
  const { request_id } = error.details
  return typeof request_id === 'string' ? request_id : undefined
}

function waitOf({ code, details: { retry_after_seconds: seconds } }: Failure): string {
  if (code !== 'rate_limited' || typeof seconds !== 'number') return ''
  return seconds === 1 ? ' Wait 1 second.' : ` Wait ${seconds} seconds.`
}
