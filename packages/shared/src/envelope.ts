import { z } from 'zod'

/** What went wrong, in the shape the agent's envelope carries it. */
const AgentError = z
  .object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
    retryable: z.boolean(),
  })
  .meta({ id: 'Error' })

/** Every answer of an agent: the data, or the error, and never both. */
export const envelope = <Data extends z.ZodType>(data: Data) =>
  z.object({
    success: z.literal(true),
    request_id: z.uuid(),
    timestamp: z.iso.datetime(),
    data,
    error: z.null(),
  })

export const FailedEnvelope = z
  .object({
    success: z.literal(false),
    request_id: z.uuid(),
    timestamp: z.iso.datetime(),
    data: z.null(),
    error: AgentError,
  })
  .meta({ id: 'FailedEnvelope' })

/** The manager's answers are bare; only a failure has a shape of its own. */
export const ManagerFailure = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      request_id: z.string(),
      details: z.record(z.string(), z.unknown()),
    }),
  })
  .meta({ id: 'Failure' })
