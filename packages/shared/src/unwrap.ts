import type { Incoming, Unwrap } from './client.ts'
import { envelope, FailedEnvelope, ManagerFailure } from './envelope.ts'
import { agentFailures, Failure, isFailureCode, type AgentFailureCode } from './failure.ts'
import { z } from 'zod'

const AnyEnvelope = z.union([envelope(z.unknown()), FailedEnvelope])

/** An agent's answer without its envelope. What is no envelope at all is the agent's fault, and said so. */
export const unwrapEnvelope: Unwrap = (incoming, endpoint) => {
  if (endpoint.type && incoming.status < 400) return incoming.body
  const { success, data } = AnyEnvelope.safeParse(readJson(incoming))
  if (!success)
    throw new Failure(
      'host_refused',
      `The agent's answer (${incoming.status}) is no envelope of its API.`,
    )
  if (data.success) return data.data
  const { code, message, details } = data.error
  throw new Failure(isAgentCode(code) ? code : 'host_refused', message, { details })
}

/** Only of its own table: an agent must not be able to say `unauthorized` in the manager's name. */
const isAgentCode = (code: string): code is AgentFailureCode => Object.hasOwn(agentFailures, code)

/** The manager's answer, which is bare. A failure's details name the request too, for whoever looks into the log. */
export const unwrapBare: Unwrap = (incoming, endpoint) => {
  if (incoming.status === 204) return undefined
  if (incoming.status < 400) return endpoint.type ? incoming.body : readJson(incoming)
  const { success, data } = ManagerFailure.safeParse(readJson(incoming))
  if (!success) throw new Failure('unavailable', `The manager answered ${incoming.status}.`)
  const { code, message, details, request_id } = data.error
  throw new Failure(isFailureCode(code) ? code : 'unavailable', message, {
    details: { ...details, request_id },
  })
}

function readJson({ body, status }: Incoming): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new Failure('unavailable', `What came back (${status}) is not JSON.`, { cause })
  }
}
