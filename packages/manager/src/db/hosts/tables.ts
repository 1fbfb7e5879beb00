import type { CrlState } from '@linux-patch/shared/certificate-state'
import type { HostStatus } from '@linux-patch/shared/host'
import type { Flag } from '../flag.ts'

export type EnrollmentDecision = 'approved' | 'denied'

/** The hosts, how they come in, and how they are grouped. */
export type HostTables = {
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
}
