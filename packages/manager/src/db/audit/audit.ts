import type { Paging } from '@linux-patch/shared/page'
import type { Recorded } from './tables.ts'
import { canonicalJson } from './canonical-json.ts'
import { newId } from '../id.ts'
import type { Db, Row } from '../schema.ts'
import { storable } from '../storable.ts'

export type Audit = ReturnType<typeof auditStore>
export type AuditRecord = Omit<Row<'audit'>, 'details'> & { details: Record<string, unknown> }
export type AuditEntry = Omit<AuditRecord, 'id' | 'seq' | 'prev_hash' | 'hash'>
/** Puts something on record, at the latest when the transaction commits. */
export type PutOnRecord = (record: Recorded) => Promise<void>

/** Who did what. The database itself refuses to change or remove a row. */
export const auditStore = (db: Db, put: PutOnRecord) => ({
  append: (entry: AuditEntry): Promise<void> => put(toRecorded(entry)),

  /** Oldest first. */
  async list({ limit, offset }: Paging): Promise<AuditRecord[]> {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .orderBy('seq')
      .limit(limit)
      .offset(offset)
      .execute()
    return rows.map(toRecord)
  },
})

export const toRecord = (row: Row<'audit'>): AuditRecord => ({
  ...row,
  details: JSON.parse(row.details),
})

/** As it will stand in the database, so that what is hashed is what is stored. */
export function toRecorded({ details, ...entry }: AuditEntry): Recorded {
  const record = { ...entry, id: newId(), details: canonicalJson(details) }
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, storable(value)]),
  ) as Recorded
}
