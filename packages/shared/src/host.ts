import { z } from 'zod'
import { CertificateState, CrlState } from './certificate-state.ts'
import { GroupReference } from './group.ts'
import { AgentPort, IpAddress } from './network-names.ts'
import { Package } from './package.ts'
import { Patch } from './patch.ts'

/** `pending`: approved, and its agent was not reached yet. */
export const HostStatus = z
  .enum(['pending', 'healthy', 'degraded', 'unreachable'])
  .meta({ id: 'HostStatus' })
export type HostStatus = z.infer<typeof HostStatus>

/** What a host says it is. Claims, until an administrator approves them. */
export const OsDetails = z
  .object({
    name: z.string().min(1).max(100),
    version: z.string().max(100),
    codename: z.string().max(100),
    id_like: z.string().max(200),
    kernel: z.string().max(200),
    architecture: z.string().max(50),
  })
  .meta({ id: 'OsDetails' })
export type OsDetails = z.infer<typeof OsDetails>

/** Counts of the last reading. Null is "unknown", and never shown as zero. */
export const UpdateCounts = z
  .object({
    total: z.number().int().nullable(),
    security: z.number().int().nullable(),
    blocked: z.number().int().nullable(),
    /** `stale`: read too long ago, or from package lists that are too old, to be called current. */
    state: z.enum(['current', 'stale', 'unknown']),
    read_at: z.iso.datetime().nullable(),
    lists_updated_at: z.iso.datetime().nullable(),
    lists_failure: z.string().nullable(),
  })
  .meta({ id: 'UpdateCounts' })
export type UpdateCounts = z.infer<typeof UpdateCounts>

export const Host = z
  .object({
    id: z.uuid(),
    /** The display name, or the fully qualified one where there is none. */
    name: z.string(),
    display_name: z.string(),
    fqdn: z.string(),
    /** Null: somebody entered the host, and its agent was not reached yet. */
    machine_id: z.string().nullable(),
    ip_address: z.string(),
    agent_port: z.number().int(),
    os: OsDetails.nullable(),
    agent_version: z.string().nullable(),
    status: HostStatus,
    last_seen_at: z.iso.datetime().nullable(),
    /** Why the host could not be read the last time; null when it could. */
    last_failure: z.string().nullable(),
    updates: UpdateCounts,
    pending_reboot: z.boolean().nullable(),
    certificate_not_after: z.iso.datetime().nullable(),
    /** When its agent came for that certificate. Null: it has not, and cannot be reached before it does. */
    certificate_fetched_at: z.iso.datetime().nullable(),
    /** Of the certificate that the host uses; null where it has none. */
    certificate_state: CertificateState.nullable(),
    /** Null: its agent has not said. */
    crl_state: CrlState.nullable(),
    /** Null: it has no certificate yet. */
    key_fingerprint: z.string().nullable(),
    tags: z.array(z.string()),
    notes: z.string(),
    groups: z.array(GroupReference),
    registered_at: z.iso.datetime(),
    /** When it left; null: it is managed. */
    retired_at: z.iso.datetime().nullable(),
    retired_reason: z.string().nullable(),
  })
  .meta({ id: 'Host' })
export type Host = z.infer<typeof Host>

export const HostDetail = Host.extend({
  patches: z.array(Patch),
  /** The packages that have an update, blocked ones with their reason. */
  packages: z.array(Package),
}).meta({ id: 'HostDetail' })
export type HostDetail = z.infer<typeof HostDetail>

/** What people say of a host beside what it says itself. */
export const HostNotes = {
  display_name: z.string().max(100),
  tags: z.array(z.string().trim().min(1).max(50)).max(50),
  notes: z.string().max(5000),
  agent_port: AgentPort,
  /** Where the manager calls it. Its certificate keeps the address that it was issued for. */
  ip_address: IpAddress,
}
