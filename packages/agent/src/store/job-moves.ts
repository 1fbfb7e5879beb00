import {
  agentJobMoves,
  type AgentJobMove,
  type AgentJobResult,
  type LogLine,
} from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { TransactionRequest } from '../package-manager.ts'
import {
  toStored,
  type JobPhase,
  type JobRow,
  type Retry,
  type StoredEnd,
  type StoredJob,
  type StoredPlan,
} from './job-row.ts'
import { logStore } from './logs.ts'
import type { Database } from './open.ts'

export type Move = {
  message: string
  phase?: JobPhase
  boot_id?: string
  result?: AgentJobResult
}
/** What the next phase needs to know; written together with its name, before it begins. */
export type Advance = {
  boot_id: string
  request?: TransactionRequest
  names?: string[]
  plan?: StoredPlan
  ended?: StoredEnd
  groups_done?: number
  retries?: Retry[]
  scheduled_at?: string
  result?: AgentJobResult
}
export type Recorded = {
  progress_percent?: number
  message?: string
  status_offset?: number
  output_offset?: number
}

const SET = `status = :to, message = :message, phase = coalesce(:phase, phase),
  boot_id = coalesce(:boot_id, boot_id), result = coalesce(:result, result), updated_at = :at,
  progress_percent = iif(:to = 'completed', 100, progress_percent),
  started_at = iif(:to = 'running', :at, started_at),
  cancel_requested_at = iif(:to = 'cancelled', coalesce(cancel_requested_at, :at), cancel_requested_at),
  completed_at = iif(:to = 'running', NULL, :at)`
const IDLE = `NOT EXISTS (SELECT 1 FROM jobs WHERE phase NOT IN ('queued', 'reboot', 'over'))`
// A phase that is named again is one that goes on: what was read of its files stays read, but each group has its own.
const ADVANCE = `UPDATE jobs SET phase = :phase, boot_id = :boot_id, updated_at = :at,
  request = coalesce(:request, request), names = coalesce(:names, names),
  plan = coalesce(:plan, plan), ended = coalesce(:ended, ended),
  retries = coalesce(:retries, retries), result = coalesce(:result, result),
  scheduled_at = coalesce(:scheduled_at, scheduled_at),
  groups_done = coalesce(:groups_done, groups_done),
  status_offset = iif(phase = :phase AND groups_done = coalesce(:groups_done, groups_done),
    status_offset, 0)
  WHERE job_id = :job_id RETURNING *`
const RECORD = `UPDATE jobs SET status_offset = coalesce(:status_offset, status_offset),
  output_offset = coalesce(:output_offset, output_offset) WHERE job_id = :job_id`
const PROGRESS = `UPDATE jobs SET progress_percent = max(progress_percent, :progress_percent),
  message = coalesce(:message, message), updated_at = :at
  WHERE job_id = :job_id AND status IN ('pending', 'running')`
const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))

const toValues = ({ message, phase, boot_id, result }: Move) => ({
  message,
  phase: phase ?? null,
  boot_id: boot_id ?? null,
  result: json(result),
})

const toChanges = (changes: Advance) => ({
  boot_id: changes.boot_id,
  request: json(changes.request),
  names: json(changes.names),
  plan: json(changes.plan),
  ended: json(changes.ended),
  retries: json(changes.retries),
  result: json(changes.result),
  scheduled_at: changes.scheduled_at ?? null,
  groups_done: changes.groups_done ?? null,
})

/** The statements that change a job. Each says from where it may, so that of two that race one is refused. */
export const jobMoving = (db: Database, now: () => Date) => {
  const change = (sql: string, values: Record<string, string | number | null>) =>
    db.all<JobRow>(sql, { ...values, at: now().toISOString() }).map(toStored)[0]

  return {
    move(job_id: string, move: AgentJobMove, changes: Move): StoredJob {
      const { from, to } = agentJobMoves[move]
      const states = from.map((state) => `'${state}'`).join(', ')
      const guard = move === 'start' && changes.phase !== 'reboot' ? ` AND ${IDLE}` : ''
      const sql = `UPDATE jobs SET ${SET} WHERE job_id = :job_id AND status IN (${states})${guard} RETURNING *`
      const job = change(sql, { job_id, to, ...toValues(changes) })
      if (!job) throw new Failure('JOB_CONFLICT', `Job ${job_id} can no longer ${move}.`)
      return job
    },

    advance(job_id: string, phase: JobPhase, changes: Advance): StoredJob {
      const job = change(ADVANCE, { job_id, phase, ...toChanges(changes) })
      if (!job) throw new Failure('JOB_NOT_FOUND', `There is no job ${job_id} on this host.`)
      return job
    },

    /** What a unit has said since, and how far its files were read: together, so that no line is told twice. */
    record(job_id: string, record: Recorded, lines: LogLine[] = []) {
      const { status_offset = null, output_offset = null } = record
      const { progress_percent = 0, message = null } = record
      db.transaction(() => {
        db.run(RECORD, { job_id, status_offset, output_offset })
        db.run(PROGRESS, { job_id, progress_percent, message, at: now().toISOString() })
        logStore(db).append(job_id, lines)
      })
    },
  }
}
