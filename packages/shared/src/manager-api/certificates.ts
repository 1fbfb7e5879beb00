import { z } from 'zod'
import {
  BulkOutcome,
  Certificate,
  CertificateCriteria,
  CertificateGroup,
  CertificateKind,
  CertificateStatus,
  CertificateSummary,
  IssuedCertificate,
  OperatorName,
  Passphrase,
  RevocationReason,
} from '../certificate.ts'
import type { Contract } from '../contract.ts'
import { DnsName, IpAddress } from '../network-names.ts'
import { flag, Order, Page, Paging, whole } from '../page.ts'

const Csr = z.string().max(10_000)

/** What is left out is as it was in the host's newest certificate, or as the host was registered. */
const HostCertificate = {
  host_id: z.uuid(),
  /** A certificate request, of which only the key counts. Left out, the answer has a new key. */
  csr_pem: Csr.optional(),
  dns_names: z.array(DnsName).max(10).optional(),
  ip_addresses: z.array(IpAddress).max(10).optional(),
}

/** To say nothing must not mean "all". */
const saysWhich = (input: object) =>
  Object.entries(input).some(
    ([name, value]) => value !== undefined && Object.hasOwn(CertificateCriteria, name),
  )
const WHICH = `Say which certificates: at least one of ${Object.keys(CertificateCriteria).join(', ')}.`

export const certificateApi = {
  listCertificates: {
    route: 'GET /certificates',
    summary: 'Certificates with a summary of them all; grouped on demand. Never a key',
    access: 'cert:read',
    input: z.strictObject({
      status: CertificateStatus.optional(),
      kind: CertificateKind.optional(),
      host_id: z.uuid().optional(),
      /** In force, and ending within so many days. */
      expiring_within_days: whole.pipe(z.number().int().min(0).max(3650)).optional(),
      /** In the names of host, operator and certificate, in serial number and fingerprint. */
      search: z.string().max(200).optional(),
      group_by: z.enum(['status', 'host']).optional(),
      sort: z.enum(['created_at', 'not_after']).default('created_at'),
      order: Order.default('desc'),
      ...Paging,
    }),
    output: z.object({
      /** Where no groups were asked for. */
      certificates: z.array(Certificate).optional(),
      /** Where they were: the same page of certificates, in groups. */
      groups: z.array(CertificateGroup).optional(),
      /** Of all that the filters but `status` and `expiring_within_days` let through. */
      summary: CertificateSummary,
      ...Page,
    }),
  },

  getCertificate: {
    route: 'GET /certificates/:id',
    summary: 'One certificate',
    access: 'cert:read',
    input: z.strictObject({ id: z.uuid() }),
    output: Certificate,
    failures: ['not_found'],
  },

  exportCertificate: {
    route: 'GET /certificates/:id/export',
    summary: 'The certificate as PEM, with its chain; never a key',
    access: 'cert:download',
    type: 'application/x-pem-file',
    input: z.strictObject({ id: z.uuid(), format: z.literal('pem').default('pem') }),
    output: z.string(),
    failures: ['not_found'],
  },

  getHostCertificate: {
    route: 'GET /hosts/:host_id/client.crt',
    summary: 'The newest certificate in force of a host, as PEM; never a key',
    access: 'cert:download',
    type: 'application/x-pem-file',
    input: z.strictObject({ host_id: z.uuid() }),
    output: z.string(),
    failures: ['not_found'],
  },

  issueHostCertificate: {
    route: 'POST /hosts/:host_id/certificates',
    summary: 'Issue a further certificate to a host; those that it has stay in force',
    access: 'cert:issue',
    idempotent: true,
    status: 201,
    input: z.strictObject(HostCertificate),
    output: IssuedCertificate,
    failures: ['not_found', 'conflict', 'idempotency_conflict'],
  },

  reissueHostCertificate: {
    route: 'POST /hosts/:host_id/certificates/reissue',
    summary: 'Revoke every certificate in force of a host, and issue one in their place',
    access: 'cert:issue',
    besides: () => 'cert:revoke',
    idempotent: true,
    status: 201,
    input: z.strictObject({
      ...HostCertificate,
      reason: RevocationReason.default('superseded'),
    }),
    output: IssuedCertificate,
    failures: ['not_found', 'conflict', 'idempotency_conflict'],
  },

  issueOperatorCertificate: {
    route: 'POST /operators/certificates',
    summary: 'Issue a certificate with which a person or a tool may call agents',
    access: 'cert:issue_operator',
    idempotent: true,
    status: 201,
    input: z.strictObject({
      name: OperatorName,
      /** A certificate request, of which only the key counts. Left out, the answer has a new key. */
      csr_pem: Csr.optional(),
      /** Without `csr_pem`: key and certificate come as a PKCS #12 file that this opens. */
      passphrase: Passphrase.optional(),
    }),
    output: IssuedCertificate,
    failures: ['conflict', 'idempotency_conflict'],
  },

  /**
   * With a certificate request, or for an operator, another certificate is issued for the same names. A host's holds
   * until its host first uses the other one, an operator's until it is revoked or ends. Without a request a host is
   * asked to renew by itself, now.
   */
  renewCertificate: {
    route: 'POST /certificates/:id/renew',
    summary: 'Renew a certificate: by a request for a new key, or by asking its host to',
    access: 'cert:renew',
    idempotent: true,
    status: ({ issued }: { issued: unknown }) => (issued === null ? 202 : 200),
    input: z.strictObject({
      id: z.uuid(),
      csr_pem: Csr.optional(),
      passphrase: Passphrase.optional(),
    }),
    output: z.object({
      certificate: Certificate,
      /** Null where its host was asked to renew. */
      issued: IssuedCertificate.nullable(),
      /** Whether the host has heard of it already; else it hears when it next asks. */
      told: z.boolean(),
    }),
    failures: ['not_found', 'conflict', 'idempotency_conflict'],
  },

  /** One that is revoked stays as it was: with its first reason, and no failure. */
  revokeCertificate: {
    route: 'DELETE /certificates/:id',
    summary: 'Revoke a certificate: it counts no longer, for ever',
    access: 'cert:revoke',
    input: z.strictObject({
      id: z.uuid(),
      reason: RevocationReason.default('unspecified'),
      /** Also one that the manager uses now: it makes another for itself, with another key. */
      in_use: flag.default(false),
    }),
    output: Certificate,
    failures: ['not_found', 'conflict'],
  },

  revokeCertificates: {
    route: 'POST /certificates/bulk-revoke',
    summary: 'Revoke all certificates of which something is true',
    access: 'cert:revoke',
    input: z
      .strictObject({ ...CertificateCriteria, reason: RevocationReason })
      .refine(saysWhich, WHICH),
    output: BulkOutcome.extend({ total_revoked: z.number().int() }).meta({ id: 'BulkRevoked' }),
    failures: ['forbidden_scope'],
  },

  renewCertificates: {
    route: 'POST /certificates/bulk-renew',
    summary: 'Ask the hosts of all certificates of which something is true to renew them now',
    access: 'cert:renew',
    input: z.strictObject(CertificateCriteria).refine(saysWhich, WHICH),
    output: BulkOutcome.extend({ total_renewed: z.number().int() }).meta({ id: 'BulkRenewed' }),
    failures: ['forbidden_scope'],
  },
} as const satisfies Contract
