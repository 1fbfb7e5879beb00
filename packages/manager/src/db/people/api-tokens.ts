import { isPermission, type Permission } from '@linux-patch/shared/permissions'
import type { Paging } from '@linux-patch/shared/page'
import { newId } from '../id.ts'
import type { Db, Row } from '../schema.ts'

export type ApiTokenRecord = Omit<Row<'api_token'>, 'permissions' | 'group_ids' | 'hash'> & {
  username: string
  permissions: Permission[]
  group_ids: string[] | null
}
export type NewApiToken = Pick<
  ApiTokenRecord,
  'user_id' | 'name' | 'prefix' | 'permissions' | 'group_ids' | 'created_at' | 'expires_at'
> & { hash: string }

export const apiTokenStore = (db: Db) => ({
  async add({ permissions, group_ids, ...token }: NewApiToken): Promise<ApiTokenRecord> {
    const id = newId()
    await db
      .insertInto('api_token')
      .values({
        ...token,
        id,
        permissions: JSON.stringify(permissions),
        group_ids: group_ids && JSON.stringify(group_ids),
      })
      .execute()
    const row = await listed(db).where('api_token.id', '=', id).executeTakeFirstOrThrow()
    return toToken(row)
  },

  async find(id: string): Promise<ApiTokenRecord | undefined> {
    const row = await listed(db).where('api_token.id', '=', id).executeTakeFirst()
    return row && toToken(row)
  },

  async findByHash(hash: string): Promise<ApiTokenRecord | undefined> {
    const row = await listed(db).where('api_token.hash', '=', hash).executeTakeFirst()
    return row && toToken(row)
  },

  /** The newest first; of one user, or of all. */
  async list({ limit, offset, user_id }: Paging & { user_id?: string | undefined }) {
    const rows = await listed(db)
      .$if(user_id !== undefined, (query) => query.where('user_id', '=', user_id!))
      .orderBy('api_token.id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute()
    const { total } = await db
      .selectFrom('api_token')
      .select((of) => of.fn.countAll<number>().as('total'))
      .$if(user_id !== undefined, (query) => query.where('user_id', '=', user_id!))
      .executeTakeFirstOrThrow()
    return { rows: rows.map(toToken), total }
  },

  /** Unless somebody else has put down a use since `last_before`. */
  async setUsed(id: string, use: { at: string; ip: string; last_before: string }): Promise<void> {
    await db
      .updateTable('api_token')
      .set({ last_used_at: use.at, last_used_ip: use.ip })
      .where('id', '=', id)
      .where((of) =>
        of.or([of('last_used_at', 'is', null), of('last_used_at', '<=', use.last_before)]),
      )
      .execute()
  },

  /** Those of them that were not revoked before, or all of a user. Answers which. */
  async revoke(which: { id: string } | { user_id: string }, revoked_at: string): Promise<string[]> {
    const [[column, value]] = Object.entries(which) as [['id' | 'user_id', string]]
    const rows = await db
      .updateTable('api_token')
      .set({ revoked_at })
      .where(column, '=', value)
      .where('revoked_at', 'is', null)
      .returning('id')
      .execute()
    return rows.map(({ id }) => id)
  },
})

const listed = (db: Db) =>
  db
    .selectFrom('api_token')
    .innerJoin('user', 'user.id', 'api_token.user_id')
    .selectAll('api_token')
    .select('user.username')

const toToken = ({
  permissions,
  group_ids,
  hash: _secret,
  ...row
}: Row<'api_token'> & { username: string }): ApiTokenRecord => ({
  ...row,
  permissions: (JSON.parse(permissions) as string[]).filter(isPermission),
  group_ids: group_ids === null ? null : (JSON.parse(group_ids) as string[]),
})
