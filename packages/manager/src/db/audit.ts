import type { Paging } from '@linux-patch/shared/page'
import { newId } from './id.ts'
import type { Db, Row } from './schema.ts'

export type Audit = ReturnType<typeof auditStore>
export type AuditRecord = Omit<Row<'audit'>, 'details'> & { details: Record<string, unknown> }
export type AuditEntry = Omit<AuditRecord, 'id'>

/** Who did what. The database itself refuses to change or remove a row. */
export const auditStore = (db: Db) => ({
  async append({ details, ...entry }: AuditEntry): Promise<void> {
    await db
      .insertInto('audit')
      .values({ ...entry, id: newId(), details: JSON.stringify(details) })
      .execute()
  },

  /** Oldest first. */
  async list({ limit, offset }: Paging): Promise<AuditRecord[]> {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .orderBy('id')
      .limit(limit)
      .offset(offset)
      .execute()
    return rows.map((row) => ({ ...row, details: JSON.parse(row.details) }))
  },
})
