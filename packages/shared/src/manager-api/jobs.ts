import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { JobPreview } from '../job-preview.ts'
import { Job, JobDetail, JobDraft, JobStatus, NewJob } from '../job.ts'
import { Order, Page, Paging } from '../page.ts'

export const jobApi = {
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
    besides: ({ kind }: NewJob) => (kind === 'reboot' ? 'job:reboot' : null),
    idempotent: true,
    status: 202,
    location: ({ id }: Job) => `/api/v1/jobs/${id}`,
    input: NewJob,
    output: JobDetail,
    failures: ['not_found', 'forbidden_scope', 'idempotency_conflict'],
  },

  previewJob: {
    route: 'POST /jobs/preview',
    summary: 'What POST /jobs would do now, host by host; nothing is changed',
    access: 'job:create',
    rate: 'preview',
    input: JobDraft,
    output: JobPreview,
    failures: ['not_found', 'forbidden_scope'],
  },

  getJob: {
    route: 'GET /jobs/:id',
    summary: 'One job, host by host',
    access: 'job:read',
    input: z.strictObject({ id: z.uuid() }),
    output: JobDetail,
    failures: ['not_found'],
  },

  cancelJob: {
    route: 'POST /jobs/:id/cancel',
    summary: 'Stop a job: at once where no host was asked yet, elsewhere at the next safe place',
    access: 'job:cancel',
    status: 202,
    location: ({ id }: Job) => `/api/v1/jobs/${id}`,
    input: z.strictObject({ id: z.uuid() }),
    output: JobDetail,
    failures: ['not_found', 'forbidden_scope', 'conflict'],
  },

  rollbackJob: {
    route: 'POST /jobs/:id/rollback',
    summary: 'Take back what a job changed, on every host where it changed something',
    access: 'job:rollback',
    idempotent: true,
    status: 202,
    location: ({ id }: Job) => `/api/v1/jobs/${id}`,
    input: z.strictObject({ id: z.uuid(), notes: z.string().max(1000).default('') }),
    output: JobDetail,
    failures: ['not_found', 'forbidden_scope', 'conflict', 'idempotency_conflict'],
  },

  createTicket: {
    route: 'POST /ws/ticket',
    summary: 'A single-use ticket, good for a minute, that opens GET /ws/jobs',
    access: 'job:read',
    status: 201,
    input: z.strictObject({}),
    output: z.object({ ticket: z.string(), expires_in: z.number().int() }),
  },
} as const satisfies Contract
