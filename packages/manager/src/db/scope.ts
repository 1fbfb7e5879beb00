import { Failure } from '@linux-patch/shared/failure'
import { sql, type RawBuilder, type SqlBool } from 'kysely'

/**
 * Which hosts somebody sees: every one, or those of these groups and, where `ungrouped` is true, of none.
 * Whatever is about hosts is seen by those who see the hosts. What the manager does by itself sees them all.
 */
export type Scope = 'all' | { group_ids: readonly string[]; ungrouped: boolean }

/** The condition that a host lies in the scope, for every query that answers people; `host_id` is a column. */
export function inScope(scope: Scope, host_id: string): RawBuilder<SqlBool> {
  if (scope === 'all') return sql<SqlBool>`true`
  const inGroups = sql<SqlBool>`${sql.ref(host_id)} in (
    select host_id from host_group_member where ${isOwnGroup(scope, 'group_id')}
  )`
  // Each list is made once for a query, not looked for again at each of its rows.
  return scope.ungrouped
    ? sql<SqlBool>`(${inGroups} or ${sql.ref(host_id)} not in (select host_id from host_group_member))`
    : inGroups
}

/** Whether a host of these groups lies in the scope: what `inScope` asks the database. */
export const isIn = (scope: Scope, host_groups: readonly string[]): boolean =>
  scope === 'all' ||
  (host_groups.length === 0
    ? scope.ungrouped
    : host_groups.some((id) => scope.group_ids.includes(id)))

/** The condition that a group is one whose hosts lie in the scope; `group_id` is a column. */
export function isOwnGroup(scope: Scope, group_id: string): RawBuilder<SqlBool> {
  if (scope === 'all') return sql<SqlBool>`true`
  if (scope.group_ids.length === 0) return sql<SqlBool>`false`
  return sql<SqlBool>`${sql.ref(group_id)} in (${sql.join(scope.group_ids)})`
}

/** The condition that a host is in a group, and that one's hosts lie in the scope; `host_id` is a column. */
export const inGroup = (scope: Scope, group_id: string, host_id: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`exists (
    select 1 from host_group_member
    where host_id = ${sql.ref(host_id)} and group_id = ${group_id} and ${isOwnGroup(scope, 'group_id')}
  )`

/**
 * What is said of ids that are of nothing in the scope. Whoever does not see everything is told the same of what he
 * may not touch as of what is not there, so that he cannot ask what there is.
 */
export const refusedIds = (scope: Scope, what: string, ids: readonly string[]) =>
  scope === 'all'
    ? new Failure('not_found', `There is no such ${what}: ${ids.join(', ')}.`)
    : new Failure('forbidden_scope', `Not the id of a ${what} that you see: ${ids.join(', ')}.`, {
        details: { ids },
      })
