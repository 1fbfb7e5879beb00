import type { JobKind, JobPartStatus, JobStatus } from '@linux-patch/shared/job'
import type { Flag } from '../flag.ts'

type LogLevel = 'info' | 'warning' | 'error'

/** What was asked of hosts, and how it goes. */
export type JobTables = {
  job: {
    id: string
    kind: JobKind
    /** The job that this one takes back. */
    parent_job_id: string | null
    status: JobStatus
    progress_percent: number
    packages: string
    patches: string
    exclude_packages: string
    purge: Flag
    notes: string
    created_by: string
    created_by_id: string
    idempotency_key: string | null
    request_hash: string | null
    created_at: string
    started_at: string | null
    completed_at: string | null
  }
  /** A host's part of a job. Its id is the key under which the host is asked, so it is asked once. */
  job_host: {
    id: string
    job_id: string
    host_id: string
    status: JobPartStatus
    /** The preview that it is bound to. */
    expected_digest: string | null
    agent_job_id: string | null
    /** Who works on it, and until when that is believed without a sign of life. */
    owner: string | null
    lease_until: string | null
    next_attempt_at: string | null
    attempts: number
    /** When it was first taken up. */
    claimed_at: string | null
    /** From when on the host may have taken it, also where no answer came. */
    asked_at: string | null
    /** When it was asked to stop. */
    cancel_requested_at: string | null
    /** Why its host does not stop. */
    cancel_refused: string | null
    progress_percent: number
    message: string
    error_code: string | null
    last_error: string | null
    reboot_required: Flag | null
    /** Whether what it did can be taken back; null where it did nothing, or nobody knows what. */
    rollback: string | null
    changes: string
    log_count: number
    log_bytes: number
    updated_at: string
    completed_at: string | null
  }
  job_log: {
    part_id: string
    sequence: number
    timestamp: string
    level: LogLevel
    message: string
  }
}
