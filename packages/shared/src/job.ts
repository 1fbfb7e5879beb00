import { z } from 'zod'
import { LogLine, PackageChange, Rollback } from './agent-job.ts'
import { PackageName, PackageVersion } from './package.ts'
import { PatchId } from './patch.ts'
import { Digest } from './transaction.ts'

/** A host's part of a job. `queued`: waiting for its turn. `pending`: being handed to its host, or waiting there. */
export const JobPartStatus = z
  .enum(['queued', 'pending', 'running', 'completed', 'failed', 'cancelled', 'timeout'])
  .meta({ id: 'JobPartStatus' })
export type JobPartStatus = z.infer<typeof JobPartStatus>

export const JobStatus = z
  .enum(['queued', 'running', 'completed', 'partial', 'failed', 'cancelled', 'timeout'])
  .meta({ id: 'JobStatus' })
export type JobStatus = z.infer<typeof JobStatus>

/** What the manager orchestrates; an agent can do more. */
export const JobKind = z
  .enum(['patch_apply', 'install', 'update', 'remove', 'reboot', 'rollback'])
  .meta({ id: 'JobKind' })
export type JobKind = z.infer<typeof JobKind>

/** What one can ask for. A rollback is asked for at the job that it takes back. */
export const NewJobKind = JobKind.exclude(['rollback']).meta({ id: 'NewJobKind' })
export type NewJobKind = z.infer<typeof NewJobKind>

/** What a host can say beforehand. A removal takes what is named and nothing else, or is refused. */
export const DraftKind = NewJobKind.exclude(['remove', 'reboot']).meta({ id: 'DraftKind' })

const Wanted = z.strictObject({
  name: PackageName,
  version: PackageVersion.nullable().default(null),
})

/** On which hosts, and with what. Which members count depends on the kind, and the others must be left out. */
const asked = {
  host_ids: z.array(z.uuid()).min(1).max(1000),
  /** install: one or more; update and remove: exactly one. */
  packages: z.array(Wanted).max(200).default([]),
  /** patch_apply: none means all that are available on each host. */
  patches: z.array(PatchId).max(200).default([]),
  exclude_packages: z.array(PackageName).max(200).default([]),
  notes: z.string().max(1000).default(''),
}

/** A job that is only thought about. */
export const JobDraft = z.strictObject({ kind: DraftKind, ...asked })
export type JobDraft = z.output<typeof JobDraft>

export const NewJob = z.strictObject({
  kind: NewJobKind,
  ...asked,
  /** remove: its configuration files too. */
  purge: z.boolean().default(false),
  /** By host, the digest of its preview: a host that would do anything else by now does nothing. */
  expected_digests: z.record(z.uuid(), Digest).default({}),
})
export type NewJob = z.output<typeof NewJob>

export const JobHost = z
  .object({
    host_id: z.uuid(),
    host_name: z.string(),
    status: JobPartStatus,
    /** The job on the host itself; null until the host has taken it. */
    agent_job_id: z.uuid().nullable(),
    /** When it was asked to stop; it does so at the next place where that is safe. */
    cancel_requested_at: z.iso.datetime().nullable(),
    /** Why its host does not stop. Asked for again, the job is cancelled anew. */
    cancel_refused: z.string().nullable(),
    progress_percent: z.number().int(),
    message: z.string(),
    error_code: z.string().nullable(),
    last_error: z.string().nullable(),
    /** Null where it is not known what the host did. */
    reboot_required: z.boolean().nullable(),
    /** Whether that can be taken back; null where nothing was changed, or it is not known. */
    rollback: Rollback.nullable(),
    changes: z.array(PackageChange),
    logs: z.array(LogLine),
    updated_at: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'JobHost' })
export type JobHost = z.infer<typeof JobHost>

export const Job = z
  .object({
    id: z.uuid(),
    kind: JobKind,
    /** The job that this one takes back. */
    parent_job_id: z.uuid().nullable(),
    status: JobStatus,
    progress_percent: z.number().int(),
    /** Names of the hosts, sorted as people read them. */
    host_names: z.array(z.string()),
    packages: z.array(z.object({ name: z.string(), version: z.string().nullable() })),
    patches: z.array(z.string()),
    exclude_packages: z.array(z.string()),
    purge: z.boolean(),
    notes: z.string(),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Job' })
export type Job = z.infer<typeof Job>

export const JobDetail = Job.extend({
  /** Those that whoever asks sees; status and progress of the job are those of all its hosts. */
  hosts: z.array(JobHost),
  /** Whether it is on hosts as well that he does not see: then he can neither cancel it nor take it back. */
  on_other_hosts: z.boolean(),
  /** The jobs that take this one back, oldest first. */
  rollback_job_ids: z.array(z.uuid()),
  /** Those, and the one that this one takes back. */
  related_jobs: z.array(Job),
  /** The hosts that a rollback would be asked of; none where it would be refused. */
  revertible_host_ids: z.array(z.uuid()),
}).meta({ id: 'JobDetail' })
export type JobDetail = z.infer<typeof JobDetail>
