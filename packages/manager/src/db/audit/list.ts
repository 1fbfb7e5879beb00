import type { AuditFilter } from '@linux-patch/shared/audit'
import { sql } from 'kysely'
import { toRecord, type AuditRecord } from './audit.ts'
import { contains } from '../contains.ts'
import type { Db } from '../schema.ts'

/** Rows between two numbers, neither of which is meant, and where to begin. */
type Range = { above?: number | undefined; below?: number | undefined; limit: number }

/** How the record is looked through. By numbers, so that what is added meanwhile moves nothing. */
export const auditListStore = (db: Db) => ({
  async list(filter: AuditFilter, range: Range, order: 'asc' | 'desc'): Promise<AuditRecord[]> {
    const { above, below, limit } = range
    const rows = await matching(db, filter)
      .selectAll()
      .$if(above !== undefined, (query) => query.where('seq', '>', above!))
      .$if(below !== undefined, (query) => query.where('seq', '<', below!))
      .orderBy('seq', order)
      .limit(limit)
      .execute()
    return rows.map(toRecord)
  },

  async count(filter: AuditFilter, below: number): Promise<number> {
    const { total } = await matching(db, filter)
      .select((of) => of.fn.countAll<number>().as('total'))
      .where('seq', '<', below)
      .executeTakeFirstOrThrow()
    return total
  },
})

function matching(db: Db, filter: AuditFilter) {
  const { from, to, actor, search = '', ...same } = filter
  return db
    .selectFrom('audit')
    .$if(from !== undefined, (query) => query.where('at', '>=', from!))
    .$if(to !== undefined, (query) => query.where('at', '<', to!))
    .$if(actor !== undefined, (query) =>
      query.where((of) =>
        of.or([of('actor_id', '=', actor!), sql<boolean>`lower(actor_name) = lower(${actor!})`]),
      ),
    )
    .where((of) =>
      of.and(
        (['action', 'target_type', 'target_id', 'outcome'] as const)
          .filter((column) => same[column] !== undefined)
          .map((column) => of(column, '=', same[column]!)),
      ),
    )
    .$if(search !== '', (query) => query.where((of) => of.or(found(search))))
}

const found = (search: string) =>
  ['actor_name', 'action', 'target_type', 'target_id', 'ip', 'request_id', 'details'].map(
    (column) => contains(column, search),
  )
