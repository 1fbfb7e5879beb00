import { sql, type SqlBool } from 'kysely'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine } from '../schema.ts'

/** Which hosts are in a group, and who takes care of them. */
export const membershipStore = (db: Db, engine: Engine) => ({
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

  async removeUser(user_id: string, group_id: string): Promise<void> {
    await db
      .deleteFrom('host_group_user')
      .where('user_id', '=', user_id)
      .where('group_id', '=', group_id)
      .execute()
  },

  async userIdsOf(group_id: string): Promise<string[]> {
    const rows = await db
      .selectFrom('host_group_user')
      .select('user_id')
      .where('group_id', '=', group_id)
      .orderBy('user_id')
      .execute()
    return rows.map(({ user_id }) => user_id)
  },

  /** Nobody else moves these hosts until the transaction ends. */
  async holdHosts(ids: string[]): Promise<void> {
    if (ids.length === 0) return
    const hosts = db.selectFrom('host').select('id').where('id', 'in', ids).orderBy('id')
    await lockedIn(engine)(hosts).execute()
  },

  /** Those that have left as well. */
  async hostIdsOf(group_id: string): Promise<string[]> {
    const rows = await db
      .selectFrom('host_group_member')
      .select('host_id')
      .where('group_id', '=', group_id)
      .execute()
    return rows.map(({ host_id }) => host_id)
  },

  /** What is in this group and in no other: managed hosts, and join codes that hosts may still come with. */
  async onlyIn(group_id: string, now: string): Promise<{ hosts: number; join_codes: number }> {
    const hosts = await db
      .selectFrom('host_group_member as here')
      .innerJoin('host', 'host.id', 'here.host_id')
      .select((of) => of.fn.countAll<number>().as('total'))
      .where('here.group_id', '=', group_id)
      .where('host.retired_at', 'is', null)
      .where(
        sql<SqlBool>`not exists (select 1 from host_group_member as other
          where other.host_id = here.host_id and other.group_id <> here.group_id)`,
      )
      .executeTakeFirstOrThrow()
    const codes = await db
      .selectFrom('join_code_group as here')
      .innerJoin('join_code', 'join_code.id', 'here.join_code_id')
      .select((of) => of.fn.countAll<number>().as('total'))
      .where('here.group_id', '=', group_id)
      .where('join_code.revoked_at', 'is', null)
      .where('join_code.uses_left', '>', 0)
      .where('join_code.expires_at', '>', now)
      .where(
        sql<SqlBool>`not exists (select 1 from join_code_group as other
          where other.join_code_id = here.join_code_id and other.group_id <> here.group_id)`,
      )
      .executeTakeFirstOrThrow()
    return { hosts: hosts.total, join_codes: codes.total }
  },
})

const byOwner = (rows: { of: string; group_id: string }[]) => {
  const groups = Map.groupBy(rows, ({ of }) => of)
  return new Map([...groups].map(([of, rows]) => [of, rows.map(({ group_id }) => group_id)]))
}
