import type { RevocationReason } from '@linux-patch/shared/certificate'
import type { CrlState } from '@linux-patch/shared/certificate-state'
import type { HostStatus } from '@linux-patch/shared/host'
import type { JobKind, JobPartStatus, JobStatus } from '@linux-patch/shared/job'
import type { Role } from '@linux-patch/shared/permissions'
import type { Kysely, Selectable } from 'kysely'

export type Engine = 'sqlite' | 'postgres'
export type EnrollmentDecision = 'approved' | 'denied'
export type CertificateKind = 'agent' | 'manager' | 'web' | 'operator' | 'ocsp'
export type CertificateStatus = 'active' | 'superseded' | 'revoked'
/** The root that signs, one that hosts learn to trust before it does, and one that signed once. */
export type RootStage = 'current' | 'next' | 'former'
export type LogLevel = 'info' | 'warning' | 'error'

/** Yes or no where it is no event with a time of its own. */
type Flag = 0 | 1

/**
 * The tables, the same on SQLite and PostgreSQL. To stay the same they hold three kinds of value:
 * text (ids, ISO 8601 UTC times, JSON), integers, and null.
 */
export type Schema = {
  user: {
    id: string
    username: string
    password_hash: string
    role: Role
    must_change_password: Flag
    /** Goes up whenever every token made before must stop to count. */
    epoch: number
  }
  session: {
    id: string
    user_id: string
    ip: string
    user_agent: string
    expires_at: string
    revoked_at: string | null
  }
  refresh_token: { hash: string; session_id: string; used_at: string | null }
  enrollment: {
    id: string
    machine_id: string
    fqdn: string
    ip_address: string
    source_ip: string
    agent_port: number
    agent_version: string | null
    os_details: string
    csr_pem: string
    key_fingerprint: string
    token_hash: string
    status: 'pending' | EnrollmentDecision
    decided_by: string | null
    decided_at: string | null
    reason: string | null
    bundle: string | null
    bundle_expires_at: string | null
    created_at: string
    expires_at: string
    join_code_id: string | null
    /** Why a code that takes hosts in at once did not take in this one. */
    waits_because: string | null
    /** What its approver should know. */
    warning: string | null
    /** A key that was made here, until it is fetched. */
    sealed_key: string | null
  }
  join_code: {
    id: string
    name: string
    hash: string
    uses: number
    uses_left: number
    auto_approve: Flag
    created_by: string
    created_by_id: string
    created_at: string
    expires_at: string
    revoked_at: string | null
  }
  join_code_group: { join_code_id: string; group_id: string }
  host: {
    id: string
    machine_id: string
    fqdn: string
    ip_address: string
    display_name: string
    os: string
    agent_version: string | null
    agent_port: number
    status: HostStatus
    last_seen_at: string | null
    attempted_at: string | null
    last_failure: string | null
    read_at: string | null
    lists_updated_at: string | null
    lists_failure: string | null
    updates_total: number | null
    updates_security: number | null
    updates_blocked: number | null
    pending_reboot: Flag | null
    patches: string
    packages: string
    key_fingerprint: string
    tags: string
    notes: string
    registered_at: string
    retired_at: string | null
    retired_reason: string | null
    /** How its list of revoked certificates is, as it says itself; null where it has not said. */
    crl_state: CrlState | null
  }
  host_group: { id: string; name: string; description: string; created_at: string }
  host_group_member: { group_id: string; host_id: string }
  certificate: {
    id: string
    host_id: string | null
    kind: CertificateKind
    /** An operator's, or what the manager shows its own for. */
    name: string | null
    serial: string
    subject: string
    /** Its names, as openssl prints them. */
    sans: string
    fingerprint: string
    spki_hash: string
    /** The fingerprint of the root that signed it; null where that is the first one. */
    root: string | null
    status: CertificateStatus
    not_before: string
    not_after: string
    cert_pem: string
    issued_by: string | null
    replaces_id: string | null
    created_at: string
    /** When the host's agent came for it. */
    fetched_at: string | null
    superseded_at: string | null
    /** Since when somebody wants its host to renew it before it is due. */
    renewal_wanted_at: string | null
    /** When it was said that it will end soon and was not renewed. */
    expiry_told_at: string | null
    revoked_at: string | null
    revocation_reason: RevocationReason | null
    revoked_by: string | null
  }
  /** Which certificate a request with an Idempotency-Key has made. */
  certificate_request: {
    requested_by: string
    idempotency_key: string
    request_hash: string
    certificate_id: string
  }
  /** Whose a key is, for ever: also when its certificates have ended. */
  certificate_key: { spki_hash: string; identity: string }
  authority_root: {
    fingerprint: string
    cert_pem: string
    /** Under which its key is kept. */
    secret_name: string
    stage: RootStage
    stage_since: string
  }
  revocation_list: {
    root: string
    /** The highest number that anybody has taken for a list that he makes. */
    last_number: number
    /** Of the list that is kept; all of it is null until there is one. */
    number: number | null
    this_update: string | null
    next_update: string | null
    /** In base64. */
    der: string | null
  }
  /** A sealed text under its name. */
  secret: { name: string; sealed: string }
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
  audit: {
    id: string
    at: string
    actor_type: string
    actor_id: string | null
    actor_name: string
    action: string
    target_type: string | null
    target_id: string | null
    outcome: string
    ip: string | null
    request_id: string | null
    details: string
  }
}
export type Db = Kysely<Schema>
export type Row<Table extends keyof Schema> = Selectable<Schema[Table]>

export const flag = (value: boolean): Flag => (value ? 1 : 0)
export const flagOrNull = (value: boolean | null): Flag | null =>
  value === null ? null : flag(value)
