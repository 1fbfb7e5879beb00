import { z } from 'zod'
import { PackageChange, Rollback } from './agent-job.ts'

/** The digest of a preview: SHA-256 over what would change. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')
  .meta({ id: 'Digest' })

/** One package of a transaction that has not run yet. */
export const TransactionChange = PackageChange.pick({
  name: true,
  action: true,
  version_before: true,
  version_planned: true,
})
  .extend({
    /** Bytes to fetch; null for what is removed. */
    download_bytes: z.number().int().nullable(),
    /** Where it comes from, as the archive calls itself: `Debian-Security:12/oldstable-security`. */
    origins: z.array(z.string()),
    security: z.boolean(),
  })
  .meta({ id: 'TransactionChange' })
export type TransactionChange = z.infer<typeof TransactionChange>

export const DiskChange = z
  .object({
    mount: z.string(),
    /** Bytes that the transaction needs there; negative where it frees some. */
    needed_bytes: z.number().int(),
    free_bytes: z.number().int(),
  })
  .meta({ id: 'DiskChange' })
export type DiskChange = z.infer<typeof DiskChange>

/** The exact transaction that the package manager would run now. What it says is what runs. */
export const Transaction = z
  .object({
    digest: Digest,
    changes: z.array(TransactionChange),
    download_bytes: z.number().int(),
    disk: z.array(DiskChange),
    reboot_required: z.boolean(),
    services_to_restart: z
      .array(z.string())
      .nullable()
      .meta({ description: 'Services that run what would change; null where that cannot be told' }),
    rollback: Rollback,
  })
  .meta({ id: 'Transaction' })
export type Transaction = z.infer<typeof Transaction>
