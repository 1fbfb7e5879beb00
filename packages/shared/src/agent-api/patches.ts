import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { Freshness, PackageName } from '../package.ts'
import { Order, Page, Paging } from '../page.ts'
import { Patch, PatchId, Severity } from '../patch.ts'
import { Transaction } from '../transaction.ts'
import { bound, refusals, started, startsJob } from './started.ts'

const apply = {
  patches: z.array(PatchId).max(200).default([]),
  options: z
    .strictObject({
      reboot: z
        .boolean()
        .default(false)
        .meta({ description: 'Reboot afterwards, if that is required then' }),
      reboot_delay_minutes: z
        .number()
        .int()
        .min(0)
        .max(7 * 24 * 60)
        .default(0),
      exclude_packages: z.array(PackageName).max(200).default([]),
    })
    .prefault({}),
}

export const patchApi = {
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

  previewPatches: {
    route: 'POST /patches/preview',
    summary: 'The transaction that POST /patches/apply would run',
    access: 'read',
    rate: 'patch_operations',
    input: z.strictObject(apply),
    output: Transaction,
    failures: ['PATCH_NOT_FOUND', ...refusals],
  },

  applyPatches: {
    route: 'POST /patches/apply',
    summary: 'Apply patches; none named means all that are available',
    access: 'patch',
    rate: 'patch_operations',
    ...startsJob,
    input: z.strictObject({ ...apply, ...bound }),
    output: z.object({
      ...started,
      operation: z.literal('patch_apply'),
      patches_count: z.number().int(),
      requires_reboot: z.boolean(),
      auto_reboot: z.boolean(),
    }),
    failures: ['PATCH_NOT_FOUND', 'PLAN_DRIFT', ...refusals],
  },
} as const satisfies Contract
