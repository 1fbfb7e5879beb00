import { stateOfCertificate, type CertificateState } from '@linux-patch/shared/certificate-state'
import type { Host, HostDetail, UpdateCounts } from '@linux-patch/shared/host'
import type { HostDetailRecord, HostRecord } from '../../db/hosts/hosts.ts'

const HOUR = 3_600_000

export type HostView = ReturnType<typeof hostView>

/** Turns records into what people see. After so many hours what was read is called stale. */
export const hostView = (now: () => Date, staleHours: number) => ({
  toHost: (record: HostRecord): Host => ({
    ...record,
    ...withoutUnknown(record),
    certificate_state: certificateStateOf(record, now()),
    updates: countsOf(record, now(), staleHours),
  }),
  toDetail: (record: HostDetailRecord): HostDetail => ({
    ...record,
    ...withoutUnknown(record),
    certificate_state: certificateStateOf(record, now()),
    updates: countsOf(record, now(), staleHours),
  }),
})

/** What is not known of a host that somebody entered is stored as empty text. */
const withoutUnknown = ({ machine_id, key_fingerprint }: HostRecord) => ({
  machine_id: machine_id || null,
  key_fingerprint: key_fingerprint || null,
})

function certificateStateOf(
  { certificate_not_before: from, certificate_not_after: to }: HostRecord,
  now: Date,
): CertificateState | null {
  if (from === null || to === null) return null
  return stateOfCertificate({ from: new Date(from), to: new Date(to) }, now)
}

function countsOf(record: HostRecord, now: Date, staleHours: number): UpdateCounts {
  const { read_at, lists_updated_at, lists_failure } = record
  const limit = new Date(now.getTime() - staleHours * HOUR).toISOString()
  const isOld = (at: string | null) => at === null || at < limit
  const isStale = isOld(read_at) || isOld(lists_updated_at) || lists_failure !== null
  const known = read_at !== null && record.updates_total !== null
  return {
    total: record.updates_total,
    security: record.updates_security,
    blocked: record.updates_blocked,
    state: known ? (isStale ? 'stale' : 'current') : 'unknown',
    read_at,
    lists_updated_at,
    lists_failure,
  }
}
