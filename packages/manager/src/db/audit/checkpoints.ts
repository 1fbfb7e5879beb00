import { toRecorded, type AuditEntry } from './audit.ts'
import type { AuditHead, Checkpoint } from './chain.ts'
import { holdHead, link, moveHead, type Linking } from './link.ts'
import type { Db } from '../schema.ts'

type Pruning = {
  /** Rows from before then may go. */
  before: string
  at: string
  /** What stands on record of it. */
  entry: (gone: { rows: number; to_seq: number }) => AuditEntry
}

/** Signed marks of where the chain ended at a time. Each of these that writes is a transaction of its own. */
export const checkpointStore = (db: Db, linking: () => Linking) => ({
  /** Marks where the chain ends. */
  take: (at: string): Promise<Checkpoint> =>
    db.transaction().execute(async (db) => {
      const head = await holdHead(db, linking())
      const newest = await newestOf(db)
      const kept = { keeps_from: newest?.keeps_from ?? 1, kept_after: newest?.kept_after ?? '' }
      return mark(db, linking(), head, { ...kept, at })
    }),

  /** Removes the oldest rows, below a mark that says so. Answers how many. */
  prune: ({ before, at, entry }: Pruning): Promise<number> =>
    db.transaction().execute(async (db) => {
      const head = await holdHead(db, linking())
      const last = await lastBefore(db, before)
      const first = (await newestOf(db))?.keeps_from ?? 1
      if (!last || last.seq < first) return 0
      const rows = last.seq - first + 1
      const record = toRecorded(entry({ rows, to_seq: last.seq }))
      const linked = await link(db, linking(), head, [record])
      await mark(db, linking(), linked, { keeps_from: last.seq + 1, kept_after: last.hash, at })
      await db.deleteFrom('audit').where('seq', '<=', last.seq).execute()
      return rows
    }),

  newest: () => newestOf(db),

  /** By number. */
  list: (): Promise<Checkpoint[]> =>
    db.selectFrom('audit_checkpoint').selectAll().orderBy('number').execute(),
})

const newestOf = (db: Db): Promise<Checkpoint | undefined> =>
  db
    .selectFrom('audit_checkpoint')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()

/** The last row of those at the beginning that are all from before then. */
async function lastBefore(db: Db, before: string) {
  const young = db.selectFrom('audit').select('seq').where('at', '>=', before)
  const { seq } = (await young.orderBy('seq').limit(1).executeTakeFirst()) ?? {}
  return db
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .$if(seq !== undefined, (query) => query.where('seq', '<', seq!))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function mark(
  db: Db,
  linking: Linking,
  head: AuditHead,
  about: Pick<Checkpoint, 'keeps_from' | 'kept_after' | 'at'>,
): Promise<Checkpoint> {
  const { seq, hash, checkpoints } = head
  const checkpoint = linking.chain.sign({ number: checkpoints + 1, seq, hash, ...about })
  await db.insertInto('audit_checkpoint').values(checkpoint).execute()
  await moveHead(db, linking, { ...head, checkpoints: checkpoint.number })
  return checkpoint
}
