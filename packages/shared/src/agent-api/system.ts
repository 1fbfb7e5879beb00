import { z } from 'zod'
import { CrlState } from '../certificate-state.ts'
import type { Contract } from '../contract.ts'
import { started, startsJob } from './started.ts'

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
      crl: CheckState,
      /** `warn` where a reboot is due; it degrades nothing. */
      pending_reboot: CheckState,
    }),
    /** How the list of revoked certificates is. Left out by agents that have none. */
    crl: CrlState.optional(),
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
    /** Why, in words: packages, or a newer kernel than the running one. */
    reboot_reasons: z.array(z.string()),
  })
  .meta({ id: 'SystemInfo' })
export type SystemInfo = z.infer<typeof SystemInfo>

export const Service = z
  .object({
    name: z.string(),
    description: z.string(),
    /** As systemd says it: active, inactive, failed, … */
    active_state: z.string(),
    sub_state: z.string(),
    enabled: z.boolean().nullable(),
    since: z.iso.datetime().nullable(),
    /** Whether it still runs files that an update has replaced. */
    outdated: z.boolean().nullable(),
  })
  .meta({ id: 'Service' })
export type Service = z.infer<typeof Service>

const ServiceName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9:_.@-]*$/, 'is not the name of a service')

export const systemApi = {
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

  reboot: {
    route: 'POST /system/reboot',
    summary: 'Reboot the host, now or later; the job completes in the next boot',
    access: 'reboot',
    rate: 'system',
    ...startsJob,
    input: z.strictObject({
      delay_seconds: z
        .number()
        .int()
        .min(0)
        .max(7 * 24 * 3600)
        .default(0),
      force: z.boolean().default(false).meta({ description: 'Although jobs wait or run' }),
      acknowledge_corruption_risk: z
        .boolean()
        .default(false)
        .meta({ description: 'Beside force: although a transaction is under way' }),
      reason: z.string().max(500).default(''),
    }),
    output: z.object({
      ...started,
      operation: z.literal('reboot'),
      scheduled_at: z.iso.datetime(),
      reason: z.string(),
    }),
    failures: ['JOB_CONFLICT', 'SYSTEM_REBOOT_ERROR'],
  },

  listOutdatedServices: {
    route: 'GET /system/services',
    summary: 'Services that still run files which an update has replaced',
    access: 'read',
    rate: 'system',
    input: z.strictObject({}),
    output: z.object({ services: z.array(Service) }),
  },

  getService: {
    route: 'GET /system/services/:name',
    summary: 'The state of one service',
    access: 'read',
    rate: 'system',
    input: z.strictObject({ name: ServiceName }),
    output: Service,
    failures: ['INVALID_REQUEST'],
  },

  reloadConfig: {
    route: 'POST /system/config/reload',
    summary:
      'Read settings, whitelist and certificates again, now, and ask the manager whom to trust',
    access: 'read',
    // The manager asks it of every host whenever a certificate is revoked.
    rate: 'health',
    input: z.strictObject({}),
    output: z.object({ reloaded: z.array(z.string()) }),
    failures: ['CONFIG_INVALID', 'CONFIG_RELOAD_ERROR'],
  },

  getMetrics: {
    route: 'GET /metrics',
    summary: 'Figures for Prometheus',
    aliases: ['/metrics'],
    access: 'read',
    rate: 'health',
    type: 'text/plain; version=0.0.4',
    input: z.strictObject({}),
    output: z.string(),
  },
} as const satisfies Contract
