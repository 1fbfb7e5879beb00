import { z } from 'zod'
import type { Contract } from '../contract.ts'

export const healthApi = {
  getHealth: {
    route: 'GET /health',
    summary: 'Whether the manager answers and its database does',
    aliases: ['/health'],
    access: 'anyone',
    input: z.strictObject({}),
    output: z.object({ status: z.literal('healthy'), version: z.string() }),
    failures: ['unavailable'],
  },
} as const satisfies Contract
