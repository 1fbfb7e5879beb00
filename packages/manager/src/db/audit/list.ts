import type { AuditFilter } from '@linux-patch/shared/audit'
import { sql, type ExpressionBuilder } from 'kysely'
import { setImmediate as breathe } from 'node:timers/promises'
import { toRecord, type AuditRecord } from './audit.ts'
import { contains } from '../contains.ts'
import type { Db, Row, Schema } from '../schema.ts'

/** Numbers of rows, neither of which is meant. */
type Between = { above?: number | undefined; below?: number | undefined }
type Order = 'asc' | 'desc'

/** So many rows are looked at in one go: on SQLite nobody else is served meanwhile. */
const STRETCH = 2000

/** How the record is looked through. By numbers, so that what is added meanwhile moves nothing. */
export const auditListStore = (db: Db) => ({
  async list(
    filter: AuditFilter,
    { limit, ...all }: Between & { limit: number },
    order: Order,
  ): Promise<AuditRecord[]> {
    const rows: Row<'audit'>[] = []
    for await (const stretch of stretches(db, all, order)) {
      const query = matching(db, filter).selectAll().where(inside(stretch))
      rows.push(
        ...(await query
          .orderBy('seq', order)
          .limit(limit - rows.length)
          .execute()),
      )
      if (rows.length === limit) break
    }
    return rows.map(toRecord)
  },

  async count(filter: AuditFilter, below: number): Promise<number> {
    let count = 0
    for await (const stretch of stretches(db, { below }, 'asc')) {
      const { total } = await matching(db, filter)
        .select((of) => of.fn.countAll<number>().as('total'))
        .where(inside(stretch))
        .executeTakeFirstOrThrow()
      count += total
    }
    return count
  },
})

async function* stretches(db: Db, all: Between, order: Order): AsyncGenerator<Between> {
  for (let rest = all; ;) {
    const end = await db
      .selectFrom('audit')
      .select('seq')
      .where(inside(rest))
      .orderBy('seq', order)
      .offset(STRETCH)
      .limit(1)
      .executeTakeFirst()
    if (!end) return yield rest
    yield { ...rest, ...(order === 'asc' ? { below: end.seq } : { above: end.seq }) }
    rest = { ...rest, ...(order === 'asc' ? { above: end.seq - 1 } : { below: end.seq + 1 }) }
    await breathe()
  }
}

const inside =
  ({ above, below }: Between) =>
  (of: ExpressionBuilder<Schema, 'audit'>) =>
    of.and([
      ...(above === undefined ? [] : [of('seq', '>', above)]),
      ...(below === undefined ? [] : [of('seq', '<', below)]),
    ])

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
