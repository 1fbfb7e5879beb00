import { z } from 'zod'
import { AuditEntry, AuditFilter, AuditIntegrity } from '../audit.ts'
import type { Contract } from '../contract.ts'
import { whole } from '../page.ts'

export const auditApi = {
  listAudit: {
    route: 'GET /audit',
    summary: 'What was done and refused, newest first',
    access: 'audit:read',
    input: z.strictObject({
      ...AuditFilter,
      /** From the answer before: goes on where that ended, whatever has been added since. */
      cursor: z.string().max(100).optional(),
      limit: whole.pipe(z.number().int().min(1).max(1000)).default(100),
    }),
    output: z.object({
      entries: z.array(AuditEntry),
      /** Null where there are no more. */
      next_cursor: z.string().nullable(),
    }),
  },

  exportAudit: {
    route: 'GET /audit/export',
    summary:
      'All entries that match the filter, oldest first, as CSV or JSON; X-Row-Count says how many there are',
    access: 'audit:export',
    type: 'text/csv',
    streamed: true,
    input: z.strictObject({ ...AuditFilter, format: z.enum(['csv', 'json']).default('csv') }),
    output: z.string(),
  },

  verifyAudit: {
    route: 'POST /settings/audit-integrity',
    summary: 'Check whether the audit is as it was written, and name the first row that is not',
    access: 'audit:verify',
    input: z.strictObject({}),
    output: AuditIntegrity,
  },
} as const satisfies Contract
