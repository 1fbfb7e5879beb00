import type { RevocationReason } from '@linux-patch/shared/certificate'

export type CertificateKind = 'agent' | 'manager' | 'web' | 'operator' | 'ocsp'
export type CertificateStatus = 'active' | 'superseded' | 'revoked'
/** The root that signs, one that hosts learn to trust before it does, and one that signed once. */
type RootStage = 'current' | 'next' | 'former'

/** What the authority has issued, and what it issues it with. */
export type CertificateTables = {
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
}
