import { z } from 'zod'
import { Permission } from './role.ts'

/**
 * `lpm_` says what it is wherever it turns up by mistake. The next 8 are shown wherever the token is listed, 32 are
 * chance, 190 bits of it, and the last 6 tell a slip of the pen, or of a scanner, from a token.
 */
export const ApiTokenText = z.string().regex(/^lpm_[A-Za-z0-9]{46}$/, 'is not an API token')

export const ApiTokenState = z.enum(['active', 'expired', 'revoked']).meta({ id: 'ApiTokenState' })
export type ApiTokenState = z.infer<typeof ApiTokenState>

/** Stands for all reading that its maker may do. */
export const MONITORING = 'monitoring:read'

/** What somebody decides about a token of his. */
export const NewApiToken = {
  /** What it is for, as people will read it in lists and in the audit. */
  name: z.string().trim().min(1).max(100),
  expires_in_days: z.number().int().min(1).max(365).default(90),
  /** What it may do, of what its maker may; what he may no longer, it may not either. */
  permissions: z
    .array(z.union([Permission, z.literal(MONITORING)]))
    .min(1)
    .max(100),
  /** Good on the hosts of these groups alone; null: on all that its maker sees. */
  group_ids: z.array(z.uuid()).min(1).max(100).nullable().default(null),
}

/** The token itself is shown when it is made, and never again. */
export const ApiToken = z
  .object({
    id: z.uuid(),
    name: z.string(),
    /** How it begins. */
    prefix: z.string(),
    state: ApiTokenState,
    user: z.object({ id: z.uuid(), username: z.string() }),
    permissions: z.array(Permission),
    group_ids: z.array(z.uuid()).nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    /** To the minute. */
    last_used_at: z.iso.datetime().nullable(),
    last_used_ip: z.string().nullable(),
    revoked_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiToken' })
export type ApiToken = z.infer<typeof ApiToken>
