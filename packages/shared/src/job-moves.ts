import type { JobPartStatus, JobStatus } from './job.ts'

/**
 * The only moves a host's part of a job can make. The store puts `from` into its UPDATE, so the database
 * referees. To try again is a new job: what failed stays on record.
 */
export const jobPartMoves = {
  claim: { from: ['queued'], to: 'pending' },
  start: { from: ['pending'], to: 'running' },
  complete: { from: ['pending', 'running'], to: 'completed' },
  fail: { from: ['queued', 'pending', 'running'], to: 'failed' },
  cancel: { from: ['queued', 'pending', 'running'], to: 'cancelled' },
  expire: { from: ['pending', 'running'], to: 'timeout' },
} as const satisfies Record<string, { from: readonly JobPartStatus[]; to: JobPartStatus }>
export type JobPartMove = keyof typeof jobPartMoves

/** What a part says that was cancelled in time. */
export const cancelledUnasked = 'Cancelled before the host was asked.'

export const isFinalPart = (status: JobPartStatus) =>
  !['queued', 'pending', 'running'].includes(status)

/** What a job is as a whole. All alike is that; some completed and some not is `partial`. */
export function jobStatusOf(parts: JobPartStatus[]): JobStatus {
  if (parts.every((part) => part === 'queued')) return 'queued'
  if (parts.some((part) => !isFinalPart(part))) return 'running'
  const kinds = new Set(parts)
  if (kinds.has('completed')) return kinds.size === 1 ? 'completed' : 'partial'
  if (kinds.size > 1) return 'failed'
  return parts[0] === 'timeout' || parts[0] === 'cancelled' ? parts[0] : 'failed'
}
