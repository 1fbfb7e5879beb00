import type { LogLine } from '@linux-patch/shared/agent-job'
import type { Database } from './open.ts'

/** What the log of one job may weigh, as it travels. Half of it is the beginning, half the end. */
export const LOG_LIMIT = 1024 * 1024
const HEAD = LOG_LIMIT / 2
/** What a line weighs beside its message: time, level, names. */
const FRAME = 80

type Size = { log_seq: number; log_bytes: number; log_head: number; log_cut: number }
type LogRow = LogLine & { seq: number }
type Middle = { seq: number; bytes: number; lines: number }

const READ = `SELECT seq, timestamp, level, message FROM job_logs WHERE job_id = :job_id ORDER BY seq`
const SIZE = `SELECT log_seq, log_bytes, log_head, log_cut FROM jobs WHERE job_id = :job_id`
const KEEP_SIZE = `UPDATE jobs SET log_seq = :log_seq, log_bytes = :log_bytes, log_head = :log_head,
  log_cut = :log_cut WHERE job_id = :job_id`
const INSERT = `INSERT INTO job_logs (job_id, seq, timestamp, level, message, bytes)
  VALUES (:job_id, :seq, :timestamp, :level, :message, :bytes)`
/** The last of the lines that have to go, and how much goes with them: the oldest after the head. */
const MIDDLE = `SELECT seq, bytes, lines FROM (
    SELECT seq, sum(bytes) OVER sofar AS bytes, count(*) OVER sofar AS lines FROM job_logs
    WHERE job_id = :job_id AND seq > :log_head WINDOW sofar AS (ORDER BY seq)
  ) WHERE bytes >= :excess ORDER BY seq LIMIT 1`
const REMOVE = `DELETE FROM job_logs WHERE job_id = :job_id AND seq > :log_head AND seq <= :seq`
const ERRORS = `SELECT message FROM job_logs WHERE job_id = :job_id AND level = 'error'
  AND seq > :after ORDER BY seq DESC LIMIT :count`

export const logStore = (db: Database) => ({
  append(job_id: string, lines: LogLine[]) {
    if (lines.length === 0) return
    db.transaction(() => {
      const size = sizeOf(db, job_id)
      for (const line of lines) insert(db, job_id, line, size)
      cutMiddle(db, job_id, size)
      db.run(KEEP_SIZE, { ...size, job_id })
    })
  },

  /** All that was kept, and in the middle a line that says what was not. */
  read(job_id: string): LogLine[] {
    return db.transaction(() => {
      const { log_head, log_cut } = sizeOf(db, job_id)
      const rows = db.all<LogRow>(READ, { job_id })
      const lines = rows.map(({ timestamp, level, message }) => ({ timestamp, level, message }))
      if (log_cut === 0) return lines
      const head = rows.filter(({ seq }) => seq <= log_head).length
      const timestamp = lines[head]?.timestamp ?? lines[head - 1]?.timestamp ?? ''
      return lines.toSpliced(head, 0, { timestamp, level: 'warning', message: cutMessage(log_cut) })
    })
  },

  /** The number of the newest line; the first is 1. */
  lastLine: (job_id: string): number => sizeOf(db, job_id).log_seq,

  /** The newest messages that were errors, of those after a line, oldest of them first. */
  lastErrors: (job_id: string, count: number, after = 0): string[] =>
    db
      .all<{ message: string }>(ERRORS, { job_id, count, after })
      .map(({ message }) => message)
      .toReversed(),
})

const cutMessage = (lines: number) =>
  `${lines === 1 ? '1 line was' : `${lines} lines were`} left out here, because the log of a job is kept to 1 MiB.`

function sizeOf(db: Database, job_id: string): Size {
  const [size] = db.all<Size>(SIZE, { job_id })
  if (!size) throw new Error(`there is no job ${job_id} to log for`)
  return { ...size }
}

function insert(db: Database, job_id: string, line: LogLine, size: Size) {
  const bytes = Buffer.byteLength(line.message) + FRAME
  size.log_seq += 1
  size.log_bytes += bytes
  if (size.log_bytes <= HEAD) size.log_head = size.log_seq
  db.run(INSERT, { ...line, job_id, seq: size.log_seq, bytes })
}

function cutMiddle(db: Database, job_id: string, size: Size) {
  const excess = size.log_bytes - LOG_LIMIT
  if (excess <= 0) return
  const { log_head } = size
  const [middle] = db.all<Middle>(MIDDLE, { job_id, log_head, excess })
  if (!middle) return
  db.run(REMOVE, { job_id, log_head, seq: middle.seq })
  size.log_bytes -= middle.bytes
  size.log_cut += middle.lines
}
