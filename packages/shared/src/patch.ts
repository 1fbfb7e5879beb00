import { z } from 'zod'
import { BlockedBy } from './package.ts'

export const severities = ['critical', 'high', 'medium', 'low'] as const
export const Severity = z.enum(severities).meta({ id: 'Severity' })
export type Severity = z.infer<typeof Severity>

/** An advisory's own id, or `SEC-source-version` / `UPD-source-version` where there is no advisory data. */
export const PatchId = z
  .string()
  .max(250)
  .regex(/^[A-Za-z0-9][A-Za-z0-9.+:~_-]*$/, 'is not the id of a patch')
  .meta({ id: 'PatchId', example: 'SEC-openssl-3.0.22-1~deb12u2' })

export const Patch = z
  .object({
    id: z.string(),
    name: z.string(),
    severity: Severity,
    /** Where the severity was read; `default` when nobody says. */
    severity_source: z.enum(['advisory', 'archive', 'changelog', 'default']),
    security: z.boolean(),
    status: z.enum(['available', 'pending', 'applied']),
    /** Null where neither an advisory nor the archive names a day. */
    published_date: z.iso.datetime().nullable(),
    description: z.string(),
    cve_ids: z.array(z.string()),
    affected_packages: z.array(z.string()),
    requires_reboot: z.boolean(),
    blocked_by: BlockedBy.nullable(),
  })
  .meta({ id: 'Patch' })
export type Patch = z.infer<typeof Patch>
