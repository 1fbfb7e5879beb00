import type {
  AgentJob,
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
  | 'refresh'
  | 'prepare'
  | 'install'
  | 'recover'
  | 'verify'
  | 'reboot'
  | 'over'

/** The plan, and what the verdict has to compare with afterwards. */
export type StoredPlan = Plan & {
  /** Packages of the plan that were installed as dependencies only. */
  automatic: string[]
  /** Packages that were broken before the job touched anything. */
  broken: string[]
  /** What runs one after the other. A plan that an older agent made has none: there it is the whole request. */
  groups?: TransactionRequest[]
}

/**
 * How the last unit ended, in systemd's words; `lost` where it left none, and `cancelled` where it was not begun,
 * because the job had been asked to stop.
 */
export type StoredEnd = {
  phase: string
  result: string
  code: string
  status: string
  /** Errors that it printed, kept where those of a later phase would hide them. */
  said?: string[]
  /** The line of the log up to which every error was overcome: what is installed then has been fetched. */
  overcome?: number
}

export type RebootOptions = {
  delay_seconds: number
  reason: string
  /** Does not wait for a transaction to end. */
  at_any_risk: boolean
}
/** Why a plan was made anew: the lists were fetched again, or the host was changed meanwhile. */
export type Retry = 'lists' | 'moved'

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
  /** The transaction must be this one and no other. */
  expected_digest: string | null
  original_job_id: string | null
  scheduled_at: string | null
  cancel_requested_at: string | null
  groups_done: number
  created_at: string
  started_at: string | null
  updated_at: string
  completed_at: string | null
}

export type StoredJob = Common & {
  /** In exact versions. Null where no package is touched. */
  request: TransactionRequest | null
  /** The same as it was asked for. */
  asked: TransactionRequest | null
  names: string[]
  /** The patches that it applies, as they were listed when it was asked for. */
  patches: Patch[]
  /** Whether and how it reboots the host at its end. */
  reboot: RebootOptions | null
  retries: Retry[]
  plan: StoredPlan | null
  ended: StoredEnd | null
  result: AgentJobResult | null
}

export type JobRow = Common & {
  request: string
  asked: string | null
  names: string | null
  patches: string
  reboot: string | null
  retries: string
  plan: string | null
  ended: string | null
  result: string | null
}

const parse = (text: string | null) => (text === null ? null : JSON.parse(text))

export function toStored(row: JobRow): StoredJob {
  const request = toRequest(row.request)
  return {
    ...row,
    request,
    asked: row.asked === null ? request : toRequest(row.asked),
    names: parse(row.names) ?? request?.packages.map(({ name }) => name) ?? [],
    patches: JSON.parse(row.patches),
    reboot: parse(row.reboot),
    retries: JSON.parse(row.retries),
    plan: parse(row.plan),
    ended: parse(row.ended),
    result: toResult(row.result),
  }
}

/** An older agent knew of no removal, and stored none. */
function toRequest(text: string): TransactionRequest | null {
  const request = parse(text)
  return request && { remove: [], files: [], purge: false, ...request }
}

function toResult(text: string | null): AgentJobResult | null {
  const result = parse(text)
  return result && { rollback: null, ...result }
}

export const toSummary = (job: StoredJob): AgentJobSummary => ({
  job_id: job.job_id,
  operation: job.operation,
  status: job.status,
  progress_percent: job.progress_percent,
  message: job.message,
  created_at: job.created_at,
  updated_at: job.updated_at,
  completed_at: job.completed_at,
})

export const toJob = (job: StoredJob, logs: AgentJob['logs']): AgentJob => ({
  ...toSummary(job),
  packages: job.names,
  original_job_id: job.original_job_id,
  cancel_requested_at: job.cancel_requested_at,
  scheduled_at: job.scheduled_at,
  result: job.result,
  logs,
})
