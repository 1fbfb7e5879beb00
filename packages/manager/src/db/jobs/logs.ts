import type { LogLine } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine } from '../schema.ts'
import { within } from '../within.ts'

const MOST_BYTES = 1024 * 1024
/** Of one INSERT; SQLite takes 32 766 parameters. */
const ROWS_AT_ONCE = 1000

type Kept = { lines: (LogLine & { sequence: number })[]; bytes: number }

export const jobLogs = (db: Db, engine: Engine) => ({
  /**
   * Adds what a host's log says from its line number `from` on, and answers the number of the next line
   * wanted. Lines that are here already are passed over, so a log may be read again from any point.
   */
  appendLogs: (part_id: string, lines: LogLine[], from: number): Promise<number> =>
    within(db, async (db) => {
      const part = await db
        .selectFrom('job_host')
        .select(['log_count', 'log_bytes'])
        .where('id', '=', part_id)
        .$call(lockedIn(engine))
        .executeTakeFirst()
      if (!part) throw new Failure('not_found', 'There is no such part of a job.')

      const next = Math.max(part.log_count, from + lines.length)
      const known = await sequencesOf(db, part_id, from, lines.length)
      const fresh = lines
        .map((line, index) => ({ ...line, sequence: from + index }))
        .filter(({ sequence }) => !known.has(sequence))
      const kept = cap({ lines: fresh, bytes: part.log_bytes })

      for (let at = 0; at < kept.lines.length; at += ROWS_AT_ONCE)
        await insert(db, part_id, kept.lines.slice(at, at + ROWS_AT_ONCE))
      await db
        .updateTable('job_host')
        .set({ log_count: next, log_bytes: kept.bytes })
        .where('id', '=', part_id)
        .execute()
      return next
    }),
})

async function sequencesOf(db: Db, part_id: string, from: number, count: number) {
  const rows = await db
    .selectFrom('job_log')
    .select('sequence')
    .where('part_id', '=', part_id)
    .where('sequence', '>=', from)
    .where('sequence', '<', from + count)
    .execute()
  return new Set(rows.map(({ sequence }) => sequence))
}

async function insert(db: Db, part_id: string, lines: Kept['lines']) {
  const rows = lines.map(({ sequence, timestamp, level, message }) => ({
    part_id,
    sequence,
    timestamp,
    level,
    message,
  }))
  await db.insertInto('job_log').values(rows).execute()
}

/** Stops at the line that would be too much, and says so in its place. */
function cap({ lines, bytes }: Kept): Kept {
  const kept: Kept = { lines: [], bytes }
  for (const line of lines) {
    if (kept.bytes >= MOST_BYTES) return kept
    kept.bytes += Buffer.byteLength(line.message)
    if (kept.bytes < MOST_BYTES) kept.lines.push(line)
    else
      kept.lines.push({
        ...line,
        level: 'warning',
        message: 'The log is too long; its rest is left out.',
      })
  }
  return kept
}
