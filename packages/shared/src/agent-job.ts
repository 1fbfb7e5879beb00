import { z } from 'zod'

export const AgentJobStatus = z
  .enum(['pending', 'running', 'completed', 'failed', 'cancelled', 'timeout'])
  .meta({ id: 'AgentJobStatus' })
export type AgentJobStatus = z.infer<typeof AgentJobStatus>

/** The only moves a job on a host can make. The store puts `from` into its UPDATE, so the database referees. */
export const agentJobMoves = {
  start: { from: ['pending'], to: 'running' },
  complete: { from: ['running'], to: 'completed' },
  fail: { from: ['pending', 'running'], to: 'failed' },
  cancel: { from: ['pending', 'running'], to: 'cancelled' },
  expire: { from: ['running'], to: 'timeout' },
} as const satisfies Record<string, { from: readonly AgentJobStatus[]; to: AgentJobStatus }>
export type AgentJobMove = keyof typeof agentJobMoves

export const isFinal = (status: AgentJobStatus) => status !== 'pending' && status !== 'running'

export const Operation = z
  .enum(['install', 'update', 'remove', 'patch_apply', 'reboot', 'rollback', 'refresh'])
  .meta({ id: 'Operation' })
export type Operation = z.infer<typeof Operation>

/** What became of one package: what was planned, and what the package database says afterwards. */
export const PackageChange = z
  .object({
    name: z.string(),
    action: z.enum(['install', 'upgrade', 'downgrade', 'reinstall', 'remove']),
    version_before: z.string().nullable(),
    version_planned: z.string().nullable(),
    version_after: z.string().nullable(),
    /** Read back from the package database, never from an exit code. */
    outcome: z.enum(['done', 'not_done', 'broken']),
  })
  .meta({ id: 'PackageChange' })
export type PackageChange = z.infer<typeof PackageChange>

/** Whether what was done, or would be, can be taken back, and if not, why not. */
export const Rollback = z
  .object({ possible: z.boolean(), reason: z.string().nullable() })
  .meta({ id: 'Rollback' })
export type Rollback = z.infer<typeof Rollback>

export const AgentJobResult = z
  .object({
    success: z.boolean(),
    packages_installed: z.array(z.string()),
    packages_failed: z.array(z.string()),
    changes: z.array(PackageChange),
    reboot_required: z.boolean(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    /** Null where the job changed nothing that could be taken back. */
    rollback: Rollback.nullable(),
  })
  .meta({ id: 'AgentJobResult' })
export type AgentJobResult = z.infer<typeof AgentJobResult>

export const LogLine = z
  .object({
    timestamp: z.iso.datetime(),
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
  })
  .meta({ id: 'LogLine' })
export type LogLine = z.infer<typeof LogLine>

export const AgentJobSummary = z
  .object({
    job_id: z.uuid(),
    operation: Operation,
    status: AgentJobStatus,
    progress_percent: z.number().int().min(0).max(100),
    /** What it is doing now, as a person would say it. */
    message: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'AgentJobSummary' })
export type AgentJobSummary = z.infer<typeof AgentJobSummary>

export const AgentJob = AgentJobSummary.extend({
  packages: z.array(z.string()),
  /** The job that this one takes back. */
  original_job_id: z.uuid().nullable(),
  /** When it was asked to stop; it does so at the next place where that is safe. */
  cancel_requested_at: z.iso.datetime().nullable(),
  /** When a reboot is due. */
  scheduled_at: z.iso.datetime().nullable(),
  result: AgentJobResult.nullable(),
  logs: z.array(LogLine),
}).meta({ id: 'AgentJob' })
export type AgentJob = z.infer<typeof AgentJob>
