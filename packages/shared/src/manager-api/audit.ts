import { z } from 'zod'
import { AuditIntegrity } from '../audit.ts'
import type { Contract } from '../contract.ts'

export const auditApi = {
  verifyAudit: {
    route: 'POST /settings/audit-integrity',
    summary: 'Whether the audit is as it was written, and which row is the first that is not',
    access: 'audit:verify',
    input: z.strictObject({}),
    output: AuditIntegrity,
  },
} as const satisfies Contract
