import { z } from 'zod'
import { AgentJob, AgentJobStatus, AgentJobSummary, Operation } from '../agent-job.ts'
import type { Contract } from '../contract.ts'
import { Order, Page, Paging } from '../page.ts'
import { started, startsJob, yesOrNo } from './started.ts'

/** Comma lists are one value in a query: `status=failed,timeout`. */
const oneOrMore = <Member extends string>(members: readonly Member[]) =>
  z
    .string()
    .transform((text) => (text === 'all' ? [...members] : text.split(',')))
    .pipe(z.array(z.enum(members as readonly [Member, ...Member[]])))

const job_id = z.uuid()

export const jobApi = {
  listJobs: {
    route: 'GET /jobs',
    summary: 'Jobs of this host',
    access: 'read',
    rate: 'job_operations',
    input: z.strictObject({
      status: oneOrMore(AgentJobStatus.options).optional(),
      operation: Operation.optional(),
      sort: z.enum(['created_at', 'updated_at', 'status']).default('created_at'),
      order: Order.default('desc'),
      ...Paging,
    }),
    output: z.object({ jobs: z.array(AgentJobSummary), ...Page }),
  },

  getJob: {
    route: 'GET /jobs/:job_id',
    summary: 'One job with its result and log',
    access: 'read',
    rate: 'job_operations',
    input: z.strictObject({ job_id }),
    output: AgentJob,
    failures: ['JOB_NOT_FOUND'],
  },

  rollbackJob: {
    route: 'POST /jobs/:job_id/rollback',
    summary: 'Take back what a job changed',
    access: 'patch',
    rate: 'job_operations',
    ...startsJob,
    input: z.strictObject({ job_id }),
    output: z.object({
      ...started,
      operation: z.literal('rollback'),
      original_job_id: z.uuid(),
    }),
    failures: ['JOB_NOT_FOUND', 'JOB_CANCELLED', 'JOB_CONFLICT', 'PKG_VERSION_CONFLICT'],
  },

  deleteJob: {
    route: 'DELETE /jobs/:job_id',
    summary: 'Cancel a job that has not ended, at the next safe place; forget one that has',
    access: 'patch',
    rate: 'job_operations',
    input: z.strictObject({
      job_id,
      cancel_only: yesOrNo.meta({ description: 'Refuse, rather than forget, one that has ended' }),
    }),
    output: z.object({
      job_id,
      previous_status: AgentJobStatus,
      current_status: z.union([AgentJobStatus, z.literal('deleted')]),
      action: z.enum(['cancelled', 'cancel_requested', 'deleted']),
    }),
    failures: ['JOB_NOT_FOUND', 'JOB_CONFLICT', 'JOB_CANCELLED'],
  },
} as const satisfies Contract
