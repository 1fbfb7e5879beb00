import { Failure } from '@linux-patch/shared/failure'
import { fieldErrors } from './field-errors.ts'

/** The manager words its failures for people; anything else is a fault of page or manager. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Failure))
    return 'The answer of the manager could not be read. Reload the page: the manager may be newer than it.'
  const fields = Object.entries(fieldErrors(error))
  if (fields.length > 0) return fields.map(([field, message]) => `${message}: ${field}.`).join(' ')
  return error.message + waitOf(error)
}

function waitOf({ code, details: { retry_after_seconds: seconds } }: Failure): string {
  if (code !== 'rate_limited' || typeof seconds !== 'number') return ''
  return seconds === 1 ? ' Wait 1 second.' : ` Wait ${seconds} seconds.`
}
