import { z } from 'zod'
import type { Contract } from '../contract.ts'

const Root = z
  .object({
    fingerprint: z.string(),
    stage: z.enum(['current', 'next', 'former']),
    stage_since: z.iso.datetime(),
    not_after: z.iso.datetime(),
  })
  .meta({ id: 'Root' })

export const authorityApi = {
  getRollover: {
    route: 'GET /ca/rollover',
    summary: 'The roots of the authority, and which hosts a rollover still waits for',
    access: 'ca:manage',
    input: z.strictObject({}),
    output: z.object({
      roots: z.array(Root),
      /** Nothing while there is no next root. */
      progress: z
        .object({
          total: z.number().int(),
          moved: z.number().int(),
          waiting: z.array(z.object({ id: z.uuid(), name: z.string() })),
        })
        .nullable(),
    }),
  },
} as const satisfies Contract
