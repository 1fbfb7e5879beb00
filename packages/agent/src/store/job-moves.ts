import {
  agentJobMoves,
  type AgentJobMove,
  type AgentJobResult,
  type LogLine,
} from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import {
  toStored,
  type JobPhase,
  type JobRow,
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
export type Advance = { boot_id: string; plan?: StoredPlan; ended?: StoredEnd }
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
  completed_at = iif(:to = 'running', NULL, :at)`
const IDLE = `NOT EXISTS (SELECT 1 FROM jobs WHERE phase NOT IN ('queued', 'over'))`
// A phase that is named again is one that goes on: what was read of its files stays read.
const ADVANCE = `UPDATE jobs SET phase = :phase, boot_id = :boot_id, plan = coalesce(:plan, plan),
  ended = coalesce(:ended, ended), updated_at = :at,
  status_offset = iif(phase = :phase, status_offset, 0) WHERE job_id = :job_id RETURNING *`
const RECORD = `UPDATE jobs SET status_offset = coalesce(:status_offset, status_offset),
  output_offset = coalesce(:output_offset, output_offset) WHERE job_id = :job_id`
const PROGRESS = `UPDATE jobs SET progress_percent = max(progress_percent, :progress_percent),
  message = coalesce(:message, message), updated_at = :at
  WHERE job_id = :job_id AND status IN ('pending', 'running')`
const SETTLE = `UPDATE jobs SET result = :result, message = :message, updated_at = :at
  WHERE job_id = :job_id AND status NOT IN ('pending', 'running') RETURNING *`

const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))

const toValues = ({ message, phase, boot_id, result }: Move) => ({
  message,
  phase: phase ?? null,
  boot_id: boot_id ?? null,
  result: json(result),
})

/** The statements that change a job. Each says from where it may, so that of two that race one is refused. */
export const jobMoving = (db: Database, now: () => Date) => ({
  move(job_id: string, move: AgentJobMove, changes: Move): StoredJob {
    const { from, to } = agentJobMoves[move]
    const states = from.map((state) => `'${state}'`).join(', ')
    const guard = move === 'start' ? ` AND ${IDLE}` : ''
    const [row] = db.all<JobRow>(
      `UPDATE jobs SET ${SET} WHERE job_id = :job_id AND status IN (${states})${guard} RETURNING *`,
      { job_id, to, at: now().toISOString(), ...toValues(changes) },
    )
    if (!row) throw new Failure('JOB_CONFLICT', `Job ${job_id} can no longer ${move}.`)
    return toStored(row)
  },

  advance(job_id: string, phase: JobPhase, { boot_id, plan, ended }: Advance): StoredJob {
    const values = { job_id, phase, boot_id, at: now().toISOString() }
    const [row] = db.all<JobRow>(ADVANCE, { ...values, plan: json(plan), ended: json(ended) })
    if (!row) throw new Failure('JOB_NOT_FOUND', `There is no job ${job_id} on this host.`)
    return toStored(row)
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

  /** Corrects the result of a job that had its final status before its last unit ended. */
  settle(job_id: string, result: AgentJobResult, message: string): StoredJob {
    const values = { job_id, message, at: now().toISOString() }
    const [row] = db.all<JobRow>(SETTLE, { ...values, result: json(result) })
    if (!row) throw new Failure('JOB_CONFLICT', `Job ${job_id} has no result to correct yet.`)
    return toStored(row)
  },
})
