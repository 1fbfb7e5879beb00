import type { Incoming, Unwrap } from './client.ts'
import { envelope, FailedEnvelope, ManagerFailure } from './envelope.ts'
import { Failure, isFailureCode, type FailureCode } from './failure.ts'
import { z } from 'zod'

const AnyEnvelope = z.union([envelope(z.unknown()), FailedEnvelope])

/** An agent's answer without its envelope. What is no envelope at all is the agent's fault, and said so. */
export const unwrapEnvelope: Unwrap = (incoming) => {
  const { success, data } = AnyEnvelope.safeParse(readJson(incoming))
  if (!success)
    throw new Failure(
      'host_refused',
      `The agent's answer (${incoming.status}) is no envelope of its API.`,
    )
  if (data.success) return data.data
  const { code, message, details } = data.error
  throw new Failure(codeOf(code, 'host_refused'), message, { details })
}

/** The manager's answer, which is bare. A failure's details name the request too, for whoever looks into the log. */
export const unwrapBare: Unwrap = (incoming, endpoint) => {
  if (incoming.status === 204) return undefined
  if (incoming.status < 400) return endpoint.type ? incoming.body : readJson(incoming)
  const { success, data } = ManagerFailure.safeParse(readJson(incoming))
  if (!success) throw new Failure('unavailable', `The manager answered ${incoming.status}.`)
  const { code, message, details, request_id } = data.error
  throw new Failure(codeOf(code, 'unavailable'), message, { details: { ...details, request_id } })
}

function readJson({ body, status }: Incoming): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new Failure('unavailable', `What came back (${status}) is not JSON.`, { cause })
  }
}

const codeOf = (code: string, otherwise: FailureCode) => (isFailureCode(code) ? code : otherwise)
