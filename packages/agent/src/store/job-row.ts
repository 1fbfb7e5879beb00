import type {
  AgentJobResult,
  AgentJobStatus,
  AgentJobSummary,
  Operation,
} from '@linux-patch/shared/agent-job'
import type { Patch } from '@linux-patch/shared/patch'
import type { Plan, TransactionRequest } from '../package-manager.ts'

/**
 * What a job is at. It is stored before the phase begins, so that a new agent knows where to look. `over` comes
 * when nothing of the job runs any more, which for one that took too long is later than its final status.
 */
export type JobPhase =
  | 'queued'
  | 'repair'
  | 'plan'
  | 'download'
  | 'install'
  | 'recover'
  | 'verify'
  | 'over'

/** The plan, and what the verdict has to compare with afterwards. */
export type StoredPlan = Plan & {
  /** Packages of the plan that were installed as dependencies only. */
  automatic: string[]
  /** Packages that were broken before the job touched anything. */
  broken: string[]
}

/** How the last unit ended, in systemd's words; `lost` where it left none. */
export type StoredEnd = { phase: string; result: string; code: string; status: string }

type Common = {
  job_id: string
  operation: Operation
  status: AgentJobStatus
  phase: JobPhase
  progress_percent: number
  message: string
  idempotency_key: string | null
  request_hash: string
  caller: string
  request_id: string
  boot_id: string | null
  status_offset: number
  output_offset: number
  created_at: string
  started_at: string | null
  updated_at: string
  completed_at: string | null
}

export type StoredJob = Common & {
  request: TransactionRequest
  /** The patches that it applies, as they were listed when it was asked for. */
  patches: Patch[]
  plan: StoredPlan | null
  ended: StoredEnd | null
  result: AgentJobResult | null
}

export type JobRow = Common & {
  request: string
  patches: string
  plan: string | null
  ended: string | null
  result: string | null
}

const parse = (text: string | null) => (text === null ? null : JSON.parse(text))

export const toStored = (row: JobRow): StoredJob => ({
  ...row,
  request: JSON.parse(row.request),
  patches: JSON.parse(row.patches),
  plan: parse(row.plan),
  ended: parse(row.ended),
  result: parse(row.result),
})

export const toSummary = (job: Common): AgentJobSummary => ({
  job_id: job.job_id,
  operation: job.operation,
  status: job.status,
  progress_percent: job.progress_percent,
  message: job.message,
  created_at: job.created_at,
  updated_at: job.updated_at,
  completed_at: job.completed_at,
})
