import { z } from 'zod'
import { AgentJob, AgentJobStatus, AgentJobSummary, Operation } from './agent-job.ts'
import type { Contract } from './contract.ts'
import { Freshness, Package, PackageDetail, PackageName, PackageVersion } from './package.ts'
import { Order, Page, Paging } from './page.ts'
import { Patch, PatchId, Severity } from './patch.ts'

const CheckState = z.enum(['ok', 'warn', 'error'])

export const Health = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    version: z.string(),
    uptime_seconds: z.number().int(),
    checks: z.object({
      config: CheckState,
      certificates: CheckState,
      package_manager: CheckState,
      job_queue: CheckState,
      whitelist: CheckState,
    }),
    /** A sentence for each check that is not ok. */
    details: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Health' })
export type Health = z.infer<typeof Health>

export const SystemInfo = z
  .object({
    hostname: z.string(),
    os: z.object({
      name: z.string(),
      version: z.string(),
      codename: z.string(),
      architecture: z.string(),
    }),
    kernel: z.object({ version: z.string(), architecture: z.string() }),
    uptime_seconds: z.number().int(),
    last_boot: z.iso.datetime(),
    package_manager: z.string(),
    api_version: z.string(),
    service_status: z.string(),
    agent_version: z.string(),
    machine_id: z.string(),
    boot_id: z.string(),
    pending_reboot: z.boolean(),
  })
  .meta({ id: 'SystemInfo' })
export type SystemInfo = z.infer<typeof SystemInfo>

const started = {
  job_id: z.uuid(),
  status: AgentJobStatus,
  created_at: z.iso.datetime(),
}
const atJob = ({ job_id }: { job_id: string }) => `/api/v1/jobs/${job_id}`
const refusals = [
  'PKG_NOT_FOUND',
  'PKG_VERSION_CONFLICT',
  'PKG_DEPENDENCY_ERROR',
  'JOB_CONFLICT',
] as const

/** Comma lists are one value in a query: `status=failed,timeout`. */
const oneOrMore = <Member extends string>(members: readonly Member[]) =>
  z
    .string()
    .transform((text) => (text === 'all' ? [...members] : text.split(',')))
    .pipe(z.array(z.enum(members as readonly [Member, ...Member[]])))

/** What an agent can be asked. */
export const agentApi = {
  getHealth: {
    route: 'GET /health',
    summary: 'Whether the agent can do its work, check by check',
    aliases: ['/health'],
    access: 'read',
    rate: 'health',
    input: z.strictObject({}),
    output: Health,
    failures: ['SERVICE_UNHEALTHY'],
  },

  getSystemInfo: {
    route: 'GET /system/info',
    summary: 'The host: system, kernel, boot',
    access: 'read',
    rate: 'system',
    input: z.strictObject({}),
    output: SystemInfo,
  },

  listPackages: {
    route: 'GET /packages',
    summary: 'Packages of the host, with the updates that wait for them',
    access: 'read',
    rate: 'package_list',
    input: z.strictObject({
      name: z
        .string()
        .max(200)
        .optional()
        .meta({ description: 'A whole name; * stands for any letters' }),
      status: z.enum(['installed', 'upgradable', 'all']).default('installed'),
      sort: z.enum(['name', 'version', 'size']).default('name'),
      order: Order.default('asc'),
      ...Paging,
    }),
    output: z.object({ packages: z.array(Package), ...Page, ...Freshness }),
  },

  getPackage: {
    route: 'GET /packages/:name',
    summary: 'One installed package with its dependencies and files',
    access: 'read',
    rate: 'package_list',
    input: z.strictObject({ name: PackageName }),
    output: PackageDetail,
    failures: ['PKG_NOT_FOUND'],
  },

  installPackages: {
    route: 'POST /packages',
    summary: 'Install packages',
    access: 'install',
    rate: 'package_operations',
    idempotent: true,
    status: 202,
    location: atJob,
    input: z.strictObject({
      packages: z
        .array(
          z.strictObject({ name: PackageName, version: PackageVersion.nullable().default(null) }),
        )
        .min(1)
        .max(200),
      options: z
        .strictObject({
          force: z.boolean().default(false),
          no_recommends: z.boolean().default(false),
          allow_downgrade: z.boolean().default(false),
        })
        .prefault({}),
    }),
    output: z.object({
      ...started,
      operation: z.literal('install'),
      packages: z.array(z.string()),
    }),
    failures: refusals,
  },

  updatePackage: {
    route: 'PUT /packages/:name',
    summary: 'Update an installed package',
    access: 'patch',
    rate: 'package_operations',
    idempotent: true,
    status: 202,
    location: atJob,
    input: z.strictObject({
      name: PackageName,
      version: PackageVersion.nullable().default(null),
      options: z
        .strictObject({
          force: z.boolean().default(false),
          no_recommends: z.boolean().default(false),
          allow_downgrade: z.boolean().default(false),
        })
        .prefault({}),
    }),
    output: z.object({
      ...started,
      operation: z.literal('update'),
      package: z.string(),
      target_version: z.string(),
    }),
    failures: refusals,
  },

  listPatches: {
    route: 'GET /patches',
    summary: 'Patches that wait, are under way or were applied',
    access: 'read',
    rate: 'patch_operations',
    input: z.strictObject({
      severity: z.union([Severity, z.literal('all')]).default('all'),
      status: z.enum(['available', 'applied', 'pending', 'all']).default('all'),
      sort: z.enum(['severity', 'published_date', 'name']).default('severity'),
      order: Order.default('desc'),
      ...Paging,
    }),
    output: z.object({ patches: z.array(Patch), ...Page, ...Freshness }),
  },

  applyPatches: {
    route: 'POST /patches/apply',
    summary: 'Apply patches; none named means all that are available',
    access: 'patch',
    rate: 'patch_operations',
    idempotent: true,
    status: 202,
    location: atJob,
    input: z.strictObject({
      patches: z.array(PatchId).max(200).default([]),
      options: z
        .strictObject({
          // Refused rather than dropped: an agent that cannot reboot must not seem to have agreed to it.
          reboot: z.literal(false, 'this agent does not reboot yet').default(false),
          reboot_delay_minutes: z.literal(0, 'this agent does not reboot yet').default(0),
          exclude_packages: z.array(PackageName).max(200).default([]),
        })
        .prefault({}),
    }),
    output: z.object({
      ...started,
      operation: z.literal('patch_apply'),
      patches_count: z.number().int(),
      requires_reboot: z.boolean(),
      auto_reboot: z.boolean(),
    }),
    failures: ['PATCH_NOT_FOUND', ...refusals],
  },

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
    input: z.strictObject({ job_id: z.uuid() }),
    output: AgentJob,
    failures: ['JOB_NOT_FOUND'],
  },
} as const satisfies Contract
export type AgentApi = typeof agentApi
