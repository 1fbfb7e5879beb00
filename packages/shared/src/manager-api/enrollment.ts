import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { Approval, Enrollment, EnrollmentRequest, EnrollmentStatus } from '../enrollment.ts'
import { Host } from '../host.ts'
import { Page, Paging } from '../page.ts'

export const enrollmentApi = {
  enroll: {
    route: 'POST /enroll',
    summary: 'Ask for a place among the managed hosts',
    access: 'anyone',
    rate: 'enroll',
    status: 202,
    input: EnrollmentRequest,
    output: z.object({
      polling_token: z.string(),
      key_fingerprint: z.string().nullable(),
      /** `approved`: a join code took it in already. */
      status: z.enum(['pending', 'approved']),
      /** Why a join code that takes hosts in at once did not take in this one. */
      waits_because: z.string().nullable(),
      expires_at: z.iso.datetime(),
    }),
    failures: ['enrollment_denied', 'rate_limited', 'unavailable'],
  },

  getEnrollmentStatus: {
    route: 'GET /enroll/status/:token',
    summary: 'Whether the request was decided; once approved, the certificates',
    access: 'anyone',
    rate: 'enroll_status',
    status: ({ status }: EnrollmentStatus) => (status === 'pending' ? 202 : 200),
    input: z.strictObject({
      token: z.string().regex(/^[A-Za-z0-9]{64}$/, 'is not a polling token'),
    }),
    output: EnrollmentStatus,
    failures: ['enrollment_denied', 'enrollment_expired', 'rate_limited'],
  },

  listEnrollments: {
    route: 'GET /admin/enrollments',
    summary:
      'Hosts that wait for approval, oldest first; or those whose key was made here, and can be made again',
    access: 'enrollment:read',
    input: z.strictObject({
      status: z.enum(['pending', 'approved']).default('pending'),
      ...Paging,
    }),
    output: z.object({ enrollments: z.array(Enrollment), ...Page }),
  },

  approveEnrollment: {
    route: 'POST /admin/enrollments/:id/approve',
    summary: 'Take the host in: sign the key that was compared, under the names confirmed here',
    access: 'enrollment:approve',
    input: z.strictObject({ id: z.uuid(), ...Approval }),
    output: Host,
    failures: ['not_found', 'conflict'],
  },

  denyEnrollment: {
    route: 'DELETE /admin/enrollments/:id/deny',
    summary: 'Turn the host away and purge what it sent',
    access: 'enrollment:deny',
    status: 204,
    input: z.strictObject({ id: z.uuid(), reason: z.string().max(500).default('') }),
    output: z.void(),
    failures: ['not_found', 'conflict'],
  },

  getAuthority: {
    route: 'GET /ca',
    summary: 'The fingerprint of the root certificate, and how a host enrols',
    access: 'self:read',
    input: z.strictObject({}),
    output: z.object({
      ca_fingerprint: z.string(),
      urls: z.array(z.string()),
      enroll_command: z.string(),
    }),
  },

  getRootCertificate: {
    route: 'GET /ca/root.crt',
    summary: 'The root certificate as PEM',
    access: 'anyone',
    type: 'application/x-pem-file',
    input: z.strictObject({}),
    output: z.string(),
  },
} as const satisfies Contract
