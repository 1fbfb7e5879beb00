import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeAtomic } from '../files/atomic-file.ts'

const Kept = z.object({
  /** When the manager last answered. */
  answered_at: z.iso.datetime().nullable(),
  /** Why it did not since, or why its answer could not be used; null where all is well. */
  failure: z.string().nullable(),
  /** Whether the manager has let this host go. */
  is_retired: z.boolean(),
})
export type Upkept = z.infer<typeof Kept>
export type UpkeepState = ReturnType<typeof upkeepState>

const NOTHING: Upkept = { answered_at: null, failure: null, is_retired: false }

/** How keeping certificates and trust up to date goes, also for whoever asks while no agent runs. */
export function upkeepState(file: string) {
  let value = read(file)
  return {
    value: () => value,
    async keep(change: Partial<Upkept>): Promise<void> {
      value = { ...value, ...change }
      await writeAtomic(file, JSON.stringify(value), 0o600)
    },
  }
}

/** It only tells: what cannot be read is as good as nothing. */
function read(file: string): Upkept {
  try {
    return Kept.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return NOTHING
  }
}
