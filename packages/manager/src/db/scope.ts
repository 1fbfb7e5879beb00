import { sql, type RawBuilder, type SqlBool } from 'kysely'

/**
 * Which hosts somebody sees: every one, or those of these groups and, where `ungrouped` is true, of none.
 * Whatever is about hosts is seen by those who see the hosts.
 */
export type Scope = 'all' | { group_ids: readonly string[]; ungrouped: boolean }

/** The condition that a host lies in the scope, for every query that answers people; `host_id` is a column. */
export function inScope(scope: Scope, host_id: string): RawBuilder<SqlBool> {
  if (scope === 'all') return sql<SqlBool>`true`
  const memberships = sql`select 1 from host_group_member where host_id = ${sql.ref(host_id)}`
  const { group_ids, ungrouped } = scope
  const inGroups =
    group_ids.length === 0
      ? sql`false`
      : sql`exists (${memberships} and group_id in (${sql.join(group_ids)}))`
  return ungrouped
    ? sql<SqlBool>`(${inGroups} or not exists (${memberships}))`
    : sql<SqlBool>`${inGroups}`
}
