import { z } from 'zod'
import type { Contract } from './contract.ts'
import { Approval, Enrollment, EnrollmentRequest, EnrollmentStatus } from './enrollment.ts'
import { Host, HostDetail, HostStatus } from './host.ts'
import { Job, JobDetail, JobStatus, NewJob } from './job.ts'
import { Order, Page, Paging } from './page.ts'
import { Credentials, NewPassword, Tokens, User } from './user.ts'

/** What the manager can be asked. */
export const managerApi = {
  login: {
    route: 'POST /auth/login',
    summary: 'Sign in with a name and a password',
    access: 'anyone',
    rate: 'sign_in',
    input: Credentials,
    output: Tokens,
    failures: ['invalid_credentials', 'rate_limited'],
  },

  refresh: {
    route: 'POST /auth/refresh',
    summary: 'Trade a refresh token, sent in the body or as the cookie, for new tokens',
    access: 'anyone',
    rate: 'refresh',
    input: z.strictObject({ refresh_token: z.string().max(200).optional() }),
    output: Tokens,
    failures: ['rate_limited'],
  },

  logout: {
    route: 'POST /auth/logout',
    summary: 'End the session of this token',
    access: 'self',
    status: 204,
    input: z.strictObject({}),
    output: z.void(),
  },

  getMe: {
    route: 'GET /users/me',
    summary: 'Who is signed in',
    access: 'self',
    input: z.strictObject({}),
    output: User,
  },

  changeOwnPassword: {
    route: 'PUT /users/me/password',
    summary:
      'Change your own password; every other session of yours ends, and this one takes new tokens',
    access: 'self',
    rate: 'sign_in',
    status: 204,
    input: NewPassword,
    output: z.void(),
    failures: ['invalid_credentials', 'rate_limited'],
  },

  enroll: {
    route: 'POST /enroll',
    summary: 'Ask for a place among the managed hosts',
    access: 'anyone',
    rate: 'enroll',
    status: 202,
    input: EnrollmentRequest,
    output: z.object({
      polling_token: z.string(),
      key_fingerprint: z.string(),
      expires_at: z.iso.datetime(),
    }),
    failures: ['rate_limited', 'unavailable'],
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
    summary: 'Hosts that wait for approval, oldest first',
    access: 'enrollment:read',
    input: z.strictObject({ ...Paging }),
    output: z.object({ enrollments: z.array(Enrollment), ...Page }),
  },

  approveEnrollment: {
    route: 'POST /admin/enrollments/:id/approve',
    summary: 'Take the host in: sign its key under the names confirmed here',
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
    access: 'self',
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

  listHosts: {
    route: 'GET /hosts',
    summary: 'Managed hosts',
    access: 'host:read',
    input: z.strictObject({
      search: z.string().max(200).optional(),
      status: HostStatus.optional(),
      sort: z.enum(['name', 'status', 'last_seen_at', 'registered_at']).default('name'),
      order: Order.default('asc'),
      ...Paging,
    }),
    output: z.object({ hosts: z.array(Host), ...Page }),
  },

  getHost: {
    route: 'GET /hosts/:id',
    summary: 'One host with its pending updates, as last read',
    access: 'host:read',
    input: z.strictObject({ id: z.uuid() }),
    output: HostDetail,
    failures: ['not_found'],
  },

  refreshHost: {
    route: 'POST /hosts/:id/refresh',
    summary: 'Read the host now',
    access: 'host:write',
    input: z.strictObject({ id: z.uuid() }),
    output: HostDetail,
    failures: ['not_found', 'host_unreachable', 'host_refused'],
  },

  listJobs: {
    route: 'GET /jobs',
    summary: 'Jobs, newest first',
    access: 'job:read',
    input: z.strictObject({
      status: JobStatus.optional(),
      host_id: z.uuid().optional(),
      order: Order.default('desc'),
      ...Paging,
    }),
    output: z.object({ jobs: z.array(Job), ...Page }),
  },

  createJob: {
    route: 'POST /jobs',
    summary: 'Start a job on one or more hosts',
    access: 'job:create',
    idempotent: true,
    status: 202,
    location: ({ id }: Job) => `/api/v1/jobs/${id}`,
    input: NewJob,
    output: JobDetail,
    failures: ['not_found', 'idempotency_conflict'],
  },

  getJob: {
    route: 'GET /jobs/:id',
    summary: 'One job, host by host',
    access: 'job:read',
    input: z.strictObject({ id: z.uuid() }),
    output: JobDetail,
    failures: ['not_found'],
  },

  createTicket: {
    route: 'POST /ws/ticket',
    summary: 'A single-use ticket, good for a minute, that opens GET /ws/jobs',
    access: 'job:read',
    status: 201,
    input: z.strictObject({}),
    output: z.object({ ticket: z.string(), expires_in: z.number().int() }),
  },

  getHealth: {
    route: 'GET /health',
    summary: 'Whether the manager answers and its database does',
    aliases: ['/health'],
    access: 'anyone',
    input: z.strictObject({}),
    output: z.object({ status: z.literal('healthy'), version: z.string() }),
    failures: ['unavailable'],
  },
} as const satisfies Contract
export type ManagerApi = typeof managerApi
