import { z } from 'zod'
import { AgentJobStatus } from '../agent-job.ts'
import { Digest } from '../transaction.ts'

/** What every call answers that starts a job. */
export const started = {
  job_id: z.uuid(),
  status: AgentJobStatus,
  created_at: z.iso.datetime(),
}
const atJob = ({ job_id }: { job_id: string }) => `/api/v1/jobs/${job_id}`

export const startsJob = { idempotent: true, status: 202, location: atJob } as const

/** The digest of a preview: the job is refused with PLAN_DRIFT if the transaction would be another one by now. */
export const bound = { expected_digest: Digest.optional() }

export const refusals = [
  'PKG_NOT_FOUND',
  'PKG_VERSION_CONFLICT',
  'PKG_DEPENDENCY_ERROR',
  'JOB_CONFLICT',
] as const

/** Yes or no as a query carries it, or as a program passes it. */
export const yesOrNo = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .default(false)
