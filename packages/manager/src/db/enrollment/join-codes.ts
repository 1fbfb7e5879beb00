import { Failure } from '@linux-patch/shared/failure'
import type { GroupReference } from '@linux-patch/shared/group'
import type { Paging } from '@linux-patch/shared/page'
import { newId } from '../id.ts'
import { flag } from '../flag.ts'
import type { Db, Row } from '../schema.ts'

export type JoinCodes = ReturnType<typeof joinCodeStore>
export type JoinCodeRecord = Omit<Row<'join_code'>, 'auto_approve' | 'hash'> & {
  auto_approve: boolean
  groups: GroupReference[]
}
export type NewJoinCode = Omit<JoinCodeRecord, 'id' | 'uses_left' | 'revoked_at' | 'groups'> & {
  hash: string
  group_ids: string[]
}

export const joinCodeStore = (db: Db) => ({
  async add({ group_ids, auto_approve, ...code }: NewJoinCode): Promise<JoinCodeRecord> {
    const id = newId()
    await db
      .insertInto('join_code')
      .values({ ...code, id, auto_approve: flag(auto_approve), uses_left: code.uses })
      .execute()
    if (group_ids.length > 0)
      await db
        .insertInto('join_code_group')
        .values(group_ids.map((group_id) => ({ join_code_id: id, group_id })))
        .execute()
    return getJoinCode(db, id)
  },

  get: (id: string): Promise<JoinCodeRecord> => getJoinCode(db, id),

  async list({ limit, offset }: Paging): Promise<{ rows: JoinCodeRecord[]; total: number }> {
    const rows = await db
      .selectFrom('join_code')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute()
    const { total } = await db
      .selectFrom('join_code')
      .select((of) => of.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    return { rows: await withGroups(db, rows), total }
  },

  /** Counts one use of it. Nothing where it is unknown, used up, expired or revoked: of many at once, no more get it than it has uses. */
  async use(hash: string, now: string): Promise<JoinCodeRecord | undefined> {
    const row = await db
      .updateTable('join_code')
      .set((of) => ({ uses_left: of('uses_left', '-', 1) }))
      .where('hash', '=', hash)
      .where('uses_left', '>', 0)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('id')
      .executeTakeFirst()
    return row && getJoinCode(db, row.id)
  },

  async find(hash: string): Promise<JoinCodeRecord | undefined> {
    const row = await db
      .selectFrom('join_code')
      .select('id')
      .where('hash', '=', hash)
      .executeTakeFirst()
    return row && getJoinCode(db, row.id)
  },

  /** False where it was revoked before. */
  async revoke(id: string, revoked_at: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('join_code')
      .set({ revoked_at })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },
})

async function getJoinCode(db: Db, id: string): Promise<JoinCodeRecord> {
  const row = await db.selectFrom('join_code').selectAll().where('id', '=', id).executeTakeFirst()
  const [code] = row ? await withGroups(db, [row]) : []
  if (code) return code
  throw new Failure('not_found', 'There is no such join code.')
}

async function withGroups(db: Db, rows: Row<'join_code'>[]): Promise<JoinCodeRecord[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const groups = await db
    .selectFrom('join_code_group')
    .innerJoin('host_group', 'host_group.id', 'join_code_group.group_id')
    .select(['join_code_id', 'host_group.id', 'host_group.name'])
    .where('join_code_id', 'in', ids)
    .orderBy('host_group.name')
    .execute()
  return rows.map(({ hash: _secret, ...row }) => ({
    ...row,
    auto_approve: row.auto_approve === 1,
    groups: groups
      .filter(({ join_code_id }) => join_code_id === row.id)
      .map(({ id, name }) => ({ id, name })),
  }))
}
