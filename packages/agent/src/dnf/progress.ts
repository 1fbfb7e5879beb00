import { z } from 'zod'
import type { Progress } from '../package-manager.ts'

const Line = z.object({
  percent: z.number(),
  message: z.string(),
  failed_package: z.string().nullable(),
})

/**
 * Reads one line of what `dnf4` writes to fd 3:
 *
 *     {"percent": 33.3, "message": "Upgrades to lab-sleep-2.0-1.noarch", "failed_package": null}
 */
export function readProgress(line: string): Progress | undefined {
  const { success, data } = Line.safeParse(parseOrNull(line))
  if (!success) return undefined
  // Its two programs tell each of its own work alone.
  return { ...data, percent: Math.min(100, Math.max(0, data.percent)), is_download: false }
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null // cut off in the middle, by a power cut or a kill
  }
}
