import type { AuditHead } from './chain.ts'
import type { Db, Row } from '../schema.ts'

export type AuditWalk = ReturnType<typeof auditWalk>
/** As it is stored, with the text that its hash is over. */
export type AuditRow = Row<'audit'>

/** The rows as whoever verifies them walks along them. */
export const auditWalk = (db: Db) => ({
  /** Where the chain ends, whether that is right or not. */
  async head(): Promise<AuditHead | undefined> {
    const row = await db.selectFrom('audit_head').selectAll().executeTakeFirst()
    if (!row) return undefined
    const { id: _one, ...head } = row
    return head
  },

  /** In order, from one number to another, both of which are meant. */
  page: (from: number, to: number, limit: number): Promise<AuditRow[]> =>
    db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>=', from)
      .where('seq', '<=', to)
      .orderBy('seq')
      .limit(limit)
      .execute(),

  /** One that lies beyond the end, as both are in one moment. */
  beyondHead: (): Promise<AuditRow | undefined> =>
    db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', (of) => of.selectFrom('audit_head').select('audit_head.seq'))
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst(),

  find: (seq: number): Promise<AuditRow | undefined> =>
    db.selectFrom('audit').selectAll().where('seq', '=', seq).limit(1).executeTakeFirst(),

  findByHash: (hash: string): Promise<AuditRow | undefined> =>
    db.selectFrom('audit').selectAll().where('hash', '=', hash).limit(1).executeTakeFirst(),
})
