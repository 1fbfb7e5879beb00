import type { HostStatus } from '@linux-patch/shared/host'
import type { Order, Paging } from '@linux-patch/shared/page'
import { sql } from 'kysely'
import { contains } from '../contains.ts'
import { columns, derivedFor, hostName, toHost } from './columns.ts'
import type { HostRecord } from './hosts.ts'
import { inGroup, inScope, type Scope } from '../scope.ts'
import type { Db } from '../schema.ts'

export type ReachableHost = Pick<HostRecord, 'id' | 'ip_address' | 'agent_port'>
export type HostSelection = Paging & {
  scope: Scope
  search?: string | undefined
  status?: HostStatus | undefined
  group_id?: string | undefined
  retired?: boolean | undefined
  sort: 'name' | 'status' | 'last_seen_at' | 'registered_at'
  order: Order
}

/** A host is due when the last try was before then; those that did not answer, or are new, have a time of their own. */
type Due = { settled_before: string; unsettled_before: string; limit: number }
const answering: HostStatus[] = ['healthy', 'degraded']

/** The questions that more than one host may answer. */
export const hostLists = (db: Db) => ({
  async list({ limit, offset, sort, order, ...filter }: HostSelection) {
    const key = sort === 'name' ? sql<string>`lower(${hostName})` : sql.ref<string>(`host.${sort}`)
    // First which, then what there is to say of them: of those on other pages nobody asks.
    const page = live(db, filter)
      .select('host.id')
      .orderBy(sql`${key} is null`)
      .orderBy(key, order)
      .orderBy('host.id')
      .limit(limit)
      .offset(offset)
    const rows = await db
      .selectFrom('host')
      .select(columns)
      .select(derivedFor(filter.scope))
      .where('host.id', 'in', page)
      .orderBy(sql`${key} is null`)
      .orderBy(key, order)
      .orderBy('host.id')
      .execute()
    const { total } = await live(db, filter)
      .select((of) => of.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    return { rows: rows.map((row): HostRecord => toHost(row)), total }
  },

  /** Those of them that are managed. */
  async listThese(ids: string[], scope: Scope): Promise<HostRecord[]> {
    const rows = await live(db, { scope })
      .select(columns)
      .select(derivedFor(scope))
      .where('id', 'in', ids)
      .orderBy('id')
      .execute()
    return rows.map((row): HostRecord => toHost(row))
  },

  /** Which of these ids are of no host in the scope, managed or not. */
  async listUnseen(ids: readonly string[], scope: Scope): Promise<string[]> {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('host')
      .select('id')
      .where('id', 'in', ids)
      .where(inScope(scope, 'host.id'))
      .execute()
    const seen = new Set(rows.map(({ id }) => id))
    return ids.filter((id) => !seen.has(id))
  },

  /** Ids of the hosts whose turn to be read has come, the longest neglected first. */
  async listDue({ settled_before, unsettled_before, limit }: Due): Promise<string[]> {
    const rows = await live(db, { scope: 'all' })
      .select('id')
      .where((of) =>
        of.or([
          of('attempted_at', 'is', null),
          of('status', 'in', answering).and('attempted_at', '<', settled_before),
          of('status', 'not in', answering).and('attempted_at', '<', unsettled_before),
        ]),
      )
      .orderBy(sql`attempted_at is not null`)
      .orderBy('attempted_at')
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map(({ id }) => id)
  },

  /** Those that answered when they were asked last. */
  listReachable: (): Promise<ReachableHost[]> =>
    live(db, { scope: 'all' })
      .select(['id', 'ip_address', 'agent_port'])
      .where('status', 'in', answering)
      .orderBy('id')
      .execute(),
})

type Filter = Pick<HostSelection, 'scope' | 'search' | 'status' | 'group_id' | 'retired'>

/** Managed hosts, or those that have left. */
export function live(db: Db, { scope, search = '', status, group_id, retired = false }: Filter) {
  return db
    .selectFrom('host')
    .where('retired_at', retired ? 'is not' : 'is', null)
    .where(inScope(scope, 'host.id'))
    .$if(status !== undefined, (query) => query.where('status', '=', status!))
    .$if(group_id !== undefined, (query) => query.where(inGroup(scope, group_id!, 'host.id')))
    .$if(search !== '', (query) =>
      query.where((of) =>
        of.or(['display_name', 'fqdn', 'ip_address'].map((column) => contains(column, search))),
      ),
    )
}
