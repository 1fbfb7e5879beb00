import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What somebody has told systemd to do with the host, and when: `reboot`, `poweroff`, `halt`, … */
export type Shutdown = { mode: string; at: Date }

/** What `shutdown` was told and is still to come. A reboot of ours is a timer, and never in here. */
export function readScheduledShutdown(root = '/'): Shutdown | null {
  try {
    return parseScheduledShutdown(
      readFileSync(join(root, 'run/systemd/shutdown/scheduled'), 'utf8'),
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Reads what systemd keeps of it, with the time in microseconds since 1970:
 *
 *     USEC=1795359662507125
 *     WARN_WALL=1
 *     MODE=reboot
 */
export function parseScheduledShutdown(text: string): Shutdown | null {
  const milliseconds = /^USEC=(\d+)\d{3}$/m.exec(text)?.[1]
  const mode = /^MODE=([a-z-]+)$/m.exec(text)?.[1]
  const at = new Date(Number(milliseconds))
  if (mode === undefined || Number.isNaN(at.getTime())) return null
  // `shutdown -k` warns everybody, and does nothing.
  return mode.startsWith('dry-') ? null : { mode, at }
}
