import { z } from 'zod'
import { PkiBundle } from './enrollment.ts'

/** Why a certificate is revoked, by its name in RFC 5280. */
export const RevocationReason = z
  .enum([
    'unspecified',
    'keyCompromise',
    'caCompromise',
    'affiliationChanged',
    'superseded',
    'cessationOfOperation',
    'certificateHold',
    'privilegeWithdrawn',
  ])
  .meta({ id: 'RevocationReason' })
export type RevocationReason = z.infer<typeof RevocationReason>

/** Whose it is: a host's, the manager's own towards hosts, its page's, a person's or a tool's, its OCSP responder's. */
export const CertificateKind = z
  .enum(['agent', 'manager', 'web', 'operator', 'ocsp'])
  .meta({ id: 'CertificateKind' })
export type CertificateKind = z.infer<typeof CertificateKind>

/** `active`: in force. `superseded`: another one took its place. `expired`: its time is over, and nobody revoked it. */
export const CertificateStatus = z
  .enum(['active', 'superseded', 'revoked', 'expired'])
  .meta({ id: 'CertificateStatus' })
export type CertificateStatus = z.infer<typeof CertificateStatus>

export const Certificate = z
  .object({
    id: z.uuid(),
    kind: CertificateKind,
    status: CertificateStatus,
    host: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    /** An operator's, or what the manager uses it for. */
    name: z.string().nullable(),
    /** In hexadecimal. */
    serial: z.string(),
    subject: z.string(),
    /** Its names, as openssl prints them. */
    sans: z.string(),
    fingerprint: z.string(),
    key_fingerprint: z.string(),
    not_before: z.iso.datetime(),
    not_after: z.iso.datetime(),
    /** Null: the manager or the host itself asked for it. */
    issued_by: z.string().nullable(),
    created_at: z.iso.datetime(),
    /** When the host's agent came for it. */
    fetched_at: z.iso.datetime().nullable(),
    /** The certificate that it was issued in the place of. */
    replaces_id: z.uuid().nullable(),
    revoked_at: z.iso.datetime().nullable(),
    revocation_reason: RevocationReason.nullable(),
    revoked_by: z.string().nullable(),
  })
  .meta({ id: 'Certificate' })
export type Certificate = z.infer<typeof Certificate>

/** How many certificates there are of each status. */
export const CertificateSummary = z
  .object({
    total: z.number().int(),
    active: z.number().int(),
    superseded: z.number().int(),
    revoked: z.number().int(),
    expired: z.number().int(),
    /** Of the active ones, those that end within 30 days. */
    expiring: z.number().int(),
  })
  .meta({ id: 'CertificateSummary' })
export type CertificateSummary = z.infer<typeof CertificateSummary>

/** The certificates of one status, or of one host; those of no host are a group as well. */
export const CertificateGroup = z
  .object({
    status: CertificateStatus.nullable(),
    host: Certificate.shape.host,
    /** All that the group has, of which the answer may hold a part. */
    total: z.number().int(),
    certificates: z.array(Certificate),
  })
  .meta({ id: 'CertificateGroup' })
export type CertificateGroup = z.infer<typeof CertificateGroup>

/** An operator's name as it stands in the certificate, `urn:lpm:operator:<name>`. */
export const OperatorName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'must be 1 to 64 small letters, digits or . _ -, and begin with a letter or digit',
  )

/** What opens a PKCS #12 file: printable ASCII, which every importer encodes alike. */
export const Passphrase = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(200)
  .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')

/** A certificate and what its owner needs beside it. The key and the file are in this one answer and kept nowhere. */
export const IssuedCertificate = z
  .object({
    certificate: Certificate,
    cert_pem: z.string(),
    /** The root that vouches for it, and for the other side. */
    ca_pem: z.string(),
    /** Null where the key stayed with whoever sent a request for it, or is in the file. */
    private_key_pem: z.string().nullable(),
    /** Key, certificate and root, opened by the passphrase that was sent. */
    pkcs12_base64: z.string().nullable(),
    /** Whom a host has to let in; null for an operator. */
    manager: PkiBundle.shape.manager.nullable(),
  })
  .meta({ id: 'IssuedCertificate' })
export type IssuedCertificate = z.infer<typeof IssuedCertificate>

/** Which certificates are meant: those that all of it is true of. At least one thing has to be said. */
export const CertificateCriteria = {
  ids: z.array(z.uuid()).min(1).max(1000).optional(),
  host_ids: z.array(z.uuid()).min(1).max(1000).optional(),
  kind: CertificateKind.optional(),
  /** In force, and ending within so many days. */
  expiring_within_days: z.number().int().min(0).max(3650).optional(),
  search: z.string().min(1).max(200).optional(),
}

/** What became of each certificate that was meant: done, skipped because there was nothing to do, or failed. */
export const BulkOutcome = z.object({
  total_matched: z.number().int(),
  total_skipped: z.number().int(),
  total_failed: z.number().int(),
  errors: z.array(z.object({ certificate_id: z.uuid(), code: z.string(), message: z.string() })),
})
export type BulkOutcome = z.infer<typeof BulkOutcome>
