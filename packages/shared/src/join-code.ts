import { z } from 'zod'
import { GroupReference } from './group.ts'

/** `lpmj_` says what it is wherever it turns up by mistake; the rest are 190 random bits. */
export const JoinCodeText = z.string().regex(/^lpmj_[A-Za-z0-9]{32}$/, 'is not a join code')

export const JoinCodeState = z
  .enum(['active', 'used_up', 'expired', 'revoked'])
  .meta({ id: 'JoinCodeState' })
export type JoinCodeState = z.infer<typeof JoinCodeState>

/** What an administrator decides about the hosts that will bring the code. */
export const NewJoinCode = {
  /** What it is for, as people will read it in the queue and in the audit. */
  name: z.string().trim().min(1).max(100),
  /** How many hosts may come with it. */
  uses: z.number().int().min(1).max(10_000).default(1),
  expires_in_hours: z
    .number()
    .int()
    .min(1)
    .max(90 * 24)
    .default(24),
  /** Groups that its hosts are put into. */
  group_ids: z.array(z.uuid()).max(100).default([]),
  /** Whether its hosts are taken in at once, where nothing about them is in doubt. */
  auto_approve: z.boolean().default(false),
}

/** The code itself is shown when it is made, and never again. */
export const JoinCode = z
  .object({
    id: z.uuid(),
    name: z.string(),
    state: JoinCodeState,
    uses: z.number().int(),
    uses_left: z.number().int(),
    auto_approve: z.boolean(),
    groups: z.array(GroupReference),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    revoked_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'JoinCode' })
export type JoinCode = z.infer<typeof JoinCode>
