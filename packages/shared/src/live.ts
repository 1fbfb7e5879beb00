import { z } from 'zod'
import { AgentJob, AgentJobStatus, LogLine } from './agent-job.ts'
import { JobPartStatus, JobStatus } from './job.ts'

/** What a client of an agent's socket may say. `job_id` stands at the top or in `payload`: both spellings are in use. */
export const AgentSocketRequest = z.union([
  z.object({ type: z.enum(['subscribe', 'unsubscribe']), job_id: z.uuid() }),
  z
    .object({ type: z.enum(['subscribe', 'unsubscribe']), payload: z.object({ job_id: z.uuid() }) })
    .transform(({ type, payload }) => ({ type, job_id: payload.job_id })),
  z.object({ type: z.enum(['subscribe_all', 'ping']) }),
])
export type AgentSocketRequest = z.infer<typeof AgentSocketRequest>

export const AgentJobProgress = z.object({
  job_id: z.uuid(),
  status: AgentJobStatus,
  progress_percent: z.number().int().min(0).max(100),
  message: z.string(),
  updated_at: z.iso.datetime(),
})
export type AgentJobProgress = z.infer<typeof AgentJobProgress>

/** What an agent's socket says: only about the jobs that were asked for. */
export const AgentSocketMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job_status'), payload: AgentJobProgress }),
  z.object({ type: z.literal('job_log'), payload: LogLine.extend({ job_id: z.uuid() }) }),
  z.object({ type: z.literal('job_complete'), payload: AgentJob }),
  z.object({ type: z.literal('pong'), payload: z.object({}) }),
  z.object({
    type: z.literal('error'),
    payload: z.object({ code: z.string(), message: z.string() }),
  }),
])
export type AgentSocketMessage = z.infer<typeof AgentSocketMessage>

/** What the manager's socket says to a page: enough to draw a bar, and when to ask again. */
export const SocketMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('job_status'),
    // `host_id` is of the host whose progress moved it: whoever sees that one sees the job.
    payload: z.object({
      job_id: z.string(),
      host_id: z.string(),
      status: JobStatus,
      progress_percent: z.number().int(),
    }),
  }),
  z.object({
    type: z.literal('job_host_status'),
    payload: z.object({
      job_id: z.string(),
      host_id: z.string(),
      status: JobPartStatus,
      progress_percent: z.number().int(),
      message: z.string(),
    }),
  }),
  z.object({
    type: z.literal('job_log'),
    payload: LogLine.extend({ job_id: z.string(), host_id: z.string() }),
  }),
  z.object({
    type: z.literal('changed'),
    payload: z.object({ what: z.enum(['hosts', 'enrollments', 'certificates', 'jobs']) }),
  }),
])
export type SocketMessage = z.infer<typeof SocketMessage>
