import type { Certificate } from '@linux-patch/shared/certificate'
import type { ListedCertificate } from '../../db/certificates/list.ts'

/** What people see of a certificate. */
export const toCertificate = (record: ListedCertificate): Certificate => ({
  ...record,
  status: record.state,
  host: record.host_id === null ? null : { id: record.host_id, name: record.host_name ?? '' },
  key_fingerprint: record.spki_hash,
  issued_by: record.issuer_name,
  revoked_by: record.revoker_name,
})
