import { Failure } from '@linux-patch/shared/failure'
import type { Group } from '@linux-patch/shared/group'
import type { Paging } from '@linux-patch/shared/page'
import { sql } from 'kysely'
import { newId } from './id.ts'
import type { Db, Row } from './schema.ts'
import { isOwnGroup, type Scope } from './scope.ts'

export type Groups = ReturnType<typeof groupStore>

export const groupStore = (db: Db) => ({
  async add(group: Omit<Row<'host_group'>, 'id'>): Promise<Group> {
    const row = await db
      .insertInto('host_group')
      .values({ ...group, id: newId() })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row) return { ...row, host_count: 0 }
    throw new Failure('conflict', `There is already a group called ${group.name}.`)
  },

  /** Whoever sees only the hosts of his groups sees only these. */
  async list({
    scope,
    limit,
    offset,
  }: Paging & { scope: Scope }): Promise<{ groups: Group[]; total: number }> {
    const groups = await db
      .selectFrom('host_group')
      .selectAll()
      .select(hostCount)
      .where(isOwnGroup(scope, 'host_group.id'))
      .orderBy(sql`lower(name)`)
      .limit(limit)
      .offset(offset)
      .execute()
    const { total } = await db
      .selectFrom('host_group')
      .select((of) => of.fn.countAll<number>().as('total'))
      .where(isOwnGroup(scope, 'host_group.id'))
      .executeTakeFirstOrThrow()
    return { groups, total }
  },

  /** Throws where one of them is not there. */
  async getThese(ids: string[], scope: Scope): Promise<Row<'host_group'>[]> {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('host_group')
      .selectAll()
      .where('id', 'in', ids)
      .where(isOwnGroup(scope, 'host_group.id'))
      .orderBy(sql`lower(name)`)
      .execute()
    const known = new Set(rows.map(({ id }) => id))
    const missing = ids.filter((id) => !known.has(id))
    if (missing.length === 0) return rows
    throw new Failure('not_found', `There is no such group: ${missing.join(', ')}.`)
  },

  /** Whose hosts a user takes care of. */
  async idsOf(user_id: string): Promise<string[]> {
    const rows = await db
      .selectFrom('host_group_user')
      .select('group_id')
      .where('user_id', '=', user_id)
      .orderBy('group_id')
      .execute()
    return rows.map(({ group_id }) => group_id)
  },

  /** The same of several users, by each. */
  async idsOfThese(user_ids: readonly string[]): Promise<Map<string, string[]>> {
    if (user_ids.length === 0) return new Map()
    const rows = await db
      .selectFrom('host_group_user')
      .select(['user_id as of', 'group_id'])
      .where('user_id', 'in', user_ids)
      .execute()
    return byOwner(rows)
  },

  /** Of which groups hosts are, by each; those of none are left out. */
  async idsOfHosts(host_ids: readonly string[]): Promise<Map<string, string[]>> {
    if (host_ids.length === 0) return new Map()
    const rows = await db
      .selectFrom('host_group_member')
      .select(['host_id as of', 'group_id'])
      .where('host_id', 'in', host_ids)
      .execute()
    return byOwner(rows)
  },

  /** One who takes care of it already goes on to. */
  async addUser(user_id: string, group_id: string): Promise<void> {
    await db
      .insertInto('host_group_user')
      .values({ group_id, user_id })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  },

  /** Those it is in already count as well. */
  async addHost(host_id: string, group_ids: string[]): Promise<void> {
    if (group_ids.length === 0) return
    await db
      .insertInto('host_group_member')
      .values(group_ids.map((group_id) => ({ group_id, host_id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  },

  async removeHost(host_id: string, group_id: string): Promise<void> {
    await db
      .deleteFrom('host_group_member')
      .where('host_id', '=', host_id)
      .where('group_id', '=', group_id)
      .execute()
  },
})

const byOwner = (rows: { of: string; group_id: string }[]) => {
  const groups = Map.groupBy(rows, ({ of }) => of)
  return new Map([...groups].map(([of, rows]) => [of, rows.map(({ group_id }) => group_id)]))
}

const hostCount = sql<number>`(
  select count(*) from host_group_member join host on host.id = host_group_member.host_id
  where host_group_member.group_id = host_group.id and host.retired_at is null
)`.as('host_count')
