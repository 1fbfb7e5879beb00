import { z } from 'zod'

export const MailProblem = z
  .enum([
    'unreachable',
    'timeout',
    'closed',
    'tls_failed',
    'login_refused',
    'sender_refused',
    'recipient_refused',
    'refused',
    'unintelligible',
  ])
  .meta({ id: 'MailProblem' })
export type MailProblem = z.infer<typeof MailProblem>

/** What came of a message that was sent to try the settings out. */
export const MailTest = z
  .object({
    sent: z.boolean(),
    /** For a person: where it went, or why it did not. */
    message: z.string(),
    problem: MailProblem.nullable(),
    message_id: z.string().nullable(),
    /** The server's own last words, where there are any. */
    said: z.string().nullable(),
  })
  .meta({ id: 'MailTest' })
export type MailTest = z.infer<typeof MailTest>
