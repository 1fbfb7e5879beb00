import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Failure, failures } from '@linux-patch/shared/failure'

/** The agent's envelope around an answer. */
export const wrap = (request_id: string, data: unknown) => ({
  success: true,
  request_id,
  timestamp: new Date().toISOString(),
  data,
  error: null,
})

/** The agent's envelope around a failure. */
export const wordFailure = (request_id: string, { code, message, details }: Failure) => ({
  success: false,
  request_id,
  timestamp: new Date().toISOString(),
  data: null,
  error: { code, message, details, retryable: failures[code].retryable },
})

/** Answers on a bare connection, where no request was understood or none was a plain one, and ends it. */
export function answerBare(socket: Duplex, status: number, failure: Failure) {
  const request_id = randomUUID()
  const body = JSON.stringify(wordFailure(request_id, failure))
  const seconds = failure.details.retry_after_seconds
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${request_id}`,
    ...(typeof seconds === 'number' ? [`Retry-After: ${seconds}`] : []),
  ]
  // Nobody reads from it any more, so the end of the other side would never be seen.
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
