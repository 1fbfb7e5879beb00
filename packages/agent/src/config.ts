import { z } from 'zod'
import { hostOperations } from '@linux-patch/shared/permissions'
import { parseYaml } from './files/yaml.ts'

export const version = '0.1.0'

const address = z.union([z.ipv4(), z.ipv6()], 'must be an IP address')
const port = z.number().int().min(1).max(65535)
const aMinute = (usual: number) => z.number().int().min(1).max(100_000).default(usual)

/** How many requests one client may make a minute, by the class that the contract gives each endpoint. */
const RateLimits = z.strictObject({
  health: aMinute(60),
  package_list: aMinute(30),
  package_operations: aMinute(10),
  patch_operations: aMinute(5),
  job_operations: aMinute(60),
  system: aMinute(5),
})
export type RateClass = keyof z.infer<typeof RateLimits>

/** What /etc/linux_patch_api/config.yaml may say. All of it may be left out. */
export const Config = z.strictObject({
  listen: z
    .strictObject({
      /** `::` takes IPv4 as well; a host without IPv6 listens on 0.0.0.0 instead. */
      address: address.default('::'),
      port: port.default(12443),
    })
    .prefault({}),
  jobs: z
    .strictObject({
      timeout_minutes: z
        .number()
        .int()
        .min(1)
        .max(24 * 60)
        .default(30),
      /**
       * How many jobs may run at once, a reboot in its delay included, which itself begins however many run. Of those
       * that change packages one runs at a time.
       */
      max_concurrent: z.number().int().min(1).max(100).default(5),
    })
    .prefault({}),
  /** What this host lets anyone ask of it, the manager included: all there is, unless it is narrowed here. */
  operations: z.array(z.enum(hostOperations)).default([...hostOperations]),
  rate_limits: RateLimits.prefault({}),
  auth: z
    .strictObject({
      /** Tells a refused caller why, if it calls from this very host. Everyone else hears nothing. */
      diagnostic_responses: z.boolean().default(false),
    })
    .prefault({}),
  crl: z
    .strictObject({
      /** `deny` lets nobody in while no list of revoked certificates holds, `warn` goes by the last one. */
      expired_policy: z.enum(['warn', 'deny']).default('warn'),
    })
    .prefault({}),
  health: z
    .strictObject({
      /** Plain HTTP for monitors without a certificate: `GET /health` and its status, nothing else. */
      public_listener: z
        .strictObject({
          enabled: z.boolean().default(false),
          bind: address.default('127.0.0.1'),
          port: port.default(12480),
        })
        .prefault({}),
    })
    .prefault({}),
  log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** Which of the two the host lives by; `auto` goes by what the host calls itself. */
  package_manager: z.enum(['auto', 'apt', 'dnf']).default('auto'),
})
export type Config = z.infer<typeof Config>

export const parseConfig = (file: string, text: string): Config => parseYaml(file, text, Config)
