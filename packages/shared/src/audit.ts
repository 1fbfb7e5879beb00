import { z } from 'zod'

export const AuditOutcome = z.enum(['success', 'failure', 'refused']).meta({ id: 'AuditOutcome' })
export type AuditOutcome = z.infer<typeof AuditOutcome>

/** Something that was done or refused, as it stands on record. */
export const AuditEntry = z.object({
  /** Its place in the chain: without gaps, oldest lowest. */
  seq: z.number().int().min(1),
  id: z.string(),
  at: z.iso.datetime(),
  /** `user`, `host`, `provider` (of single sign-on), `system` or `anonymous`. */
  actor_type: z.string(),
  actor_id: z.string().nullable(),
  actor_name: z.string(),
  action: z.string(),
  target_type: z.string().nullable(),
  target_id: z.string().nullable(),
  /** One of `AuditOutcome`, unless somebody has tampered with it: that too must be shown. */
  outcome: z.string(),
  ip: z.string().nullable(),
  request_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

const Text = z.string().max(200).optional()
/** As times are stored, so that they can be compared as text: a year of five digits cannot. */
const Time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .refine((text) => /^\d{4}-/.test(text), 'must be in the years 0 to 9999')

/** All of what is given has to be so. */
export const AuditFilter = {
  /** Done then or later. */
  from: Time.optional(),
  /** Done before then. */
  to: Time.optional(),
  /** Somebody's id, or name. */
  actor: Text,
  action: Text,
  target_type: Text,
  target_id: Text,
  outcome: AuditOutcome.optional(),
  /** In names, actions, targets, addresses, request ids and details. */
  search: Text,
}
const filter = z.object(AuditFilter)
export type AuditFilter = z.infer<typeof filter>

/** What is wrong with a row, or with what says how far the chain goes. */
export const AuditFault = z.enum([
  'altered',
  'missing',
  'inserted',
  'out_of_order',
  'head',
  'checkpoint',
  'outside',
])
export type AuditFault = z.infer<typeof AuditFault>

export const BadRow = z.object({
  fault: AuditFault,
  /** Of the row at fault, or where it should be. */
  seq: z.number().int(),
  /** Null where there is no such row. */
  id: z.string().nullable(),
  message: z.string(),
})
export type BadRow = z.infer<typeof BadRow>

export const AuditIntegrity = z.object({
  valid: z.boolean(),
  /** Rows that are right, from the first one. */
  checked: z.number().int(),
  /** The lowest number that is kept; what was before has had its time. */
  from_seq: z.number().int(),
  first_bad: BadRow.nullable(),
  head: z.object({ seq: z.number().int(), hash: z.string() }).nullable(),
  last_checkpoint: z
    .object({
      number: z.number().int(),
      seq: z.number().int(),
      hash: z.string(),
      at: z.iso.datetime(),
    })
    .nullable(),
  /** Rows up to this number were put into the chain afterwards, as an earlier version left them. */
  chained_to: z.number().int(),
  /** Where the chain ended when that was last written outside the database. */
  known_outside: z.object({ seq: z.number().int(), at: z.iso.datetime() }).nullable(),
})
export type AuditIntegrity = z.infer<typeof AuditIntegrity>
