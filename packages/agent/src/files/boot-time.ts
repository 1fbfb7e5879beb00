import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the kernel counts a process's start in, on every architecture that Linux has today. */
const TICKS_A_SECOND = 100

/**
 * When process 1 started: in a container that is later than the kernel's own start. Read off the kernel's
 * counters, because the time of the folder /proc/1 is when somebody first looked at it. Null where they say nothing.
 */
export function readBootTime(root = '/'): Date | null {
  const read = (file: string) => readFileSync(join(root, 'proc', file), 'utf8')
  const seconds = parseBootTime(read('stat'), read('1/stat'))
  return seconds === null ? null : new Date(seconds * 1000)
}

/**
 * Reads `btime` of /proc/stat and the 22nd field of /proc/1/stat, in seconds since 1970. The second field is a
 * name, which may hold spaces and brackets itself:
 *
 *     btime 1795343593
 *     1 (systemd) S 0 1 1 0 -1 4194560 … 20 0 1 0 623989 …
 */
export function parseBootTime(kernel: string, process: string): number | null {
  const booted = /^btime (\d+)$/m.exec(kernel)?.[1]
  const afterName = process.slice(process.lastIndexOf(')') + 1).trim()
  const ticks = afterName.split(' ')[19]
  if (booted === undefined || ticks === undefined || !/^\d+$/.test(ticks)) return null
  return Number(booted) + Number(ticks) / TICKS_A_SECOND
}
