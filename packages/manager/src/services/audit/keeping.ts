import type { Chain, ChainNote } from '../../db/audit/chain.ts'
import type { Stores } from '../../db/open.ts'
import type { Log } from '../../log.ts'
import { isSound } from './ends.ts'
import { readNote, writeNote } from './note.ts'
import { entryBySystem } from './audit.ts'

const DAY = 24 * 3_600_000
/** After so many rows there is a checkpoint, and after a day in any case. */
const ROWS = 1000

export type AuditPlace = {
  chain: Chain
  /** Outside the database. */
  known_file: string
}
type Deps = AuditPlace & {
  stores: Pick<Stores, 'auditWalk' | 'auditCheckpoints'>
  /** For how long rows are kept; null: for ever. */
  retentionDays: () => Promise<number | null>
  log: Log
  now: () => Date
}

/** What is done to the audit now and then: rows that had their time go, and what there is is made sure of. */
export function auditKeeping({ stores, chain, known_file, retentionDays, log, now }: Deps) {
  const { auditWalk, auditCheckpoints } = stores

  async function prune() {
    const days = await retentionDays()
    if (days === null) return
    const at = now()
    const before = new Date(at.getTime() - days * DAY).toISOString()
    const rows = await auditCheckpoints.prune({
      before,
      at: at.toISOString(),
      entry: (details) =>
        entryBySystem(at, {
          action: 'audit_prune',
          target_type: 'audit',
          target_id: null,
          details: { ...details, before },
        }),
    })
    if (rows > 0)
      log.info({ rows, before }, 'audit rows removed: they were older than audit.retention_days')
  }

  async function mark() {
    const newest = await auditCheckpoints.newest()
    const head = await auditWalk.head()
    if (!head || head.seq === (newest?.seq ?? 0)) return
    const age = now().getTime() - Date.parse(newest?.at ?? new Date(0).toISOString())
    if (age >= DAY || head.seq - (newest?.seq ?? 0) >= ROWS)
      await auditCheckpoints.take(now().toISOString())
  }

  /** A file that knows more than the database is left as it is: it is the proof. */
  async function note() {
    const head = await auditWalk.head()
    const known = await readNote(known_file)
    if (!isSound(chain, head) || (known && !(await goesOn(known, head.seq))))
      return log.error(
        { known_file },
        'the audit is not as it was written: run linux-patch-manager audit verify',
      )
    const { seq, hash } = head
    if (known?.seq !== seq)
      await writeNote(known_file, chain.signNote({ seq, hash, at: now().toISOString() }))
  }

  async function goesOn(known: ChainNote, end: number) {
    if (!chain.isNoteSigned(known) || known.seq > end) return false
    const row = await auditWalk.find(known.seq)
    if (row) return row.hash === known.hash
    return known.seq < ((await auditCheckpoints.newest())?.keeps_from ?? 1)
  }

  return async function keep() {
    await prune()
    await mark()
    await note()
  }
}
