import { z } from 'zod'
import { Transaction } from './transaction.ts'

/** What a job would do on one host. One of the two is null: a host that gives no preview says why. */
export const HostPreview = z
  .object({
    host_id: z.uuid(),
    host_name: z.string(),
    transaction: Transaction.nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'HostPreview' })
export type HostPreview = z.infer<typeof HostPreview>

/** Every host that was asked about is in it, sorted as people read them. */
export const JobPreview = z.object({ hosts: z.array(HostPreview) }).meta({ id: 'JobPreview' })
export type JobPreview = z.infer<typeof JobPreview>
