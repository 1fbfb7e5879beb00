import { Failure } from '@linux-patch/shared/failure'
import type { GroupReference } from '@linux-patch/shared/group'
import type { HostStatus, OsDetails } from '@linux-patch/shared/host'
import type { Package } from '@linux-patch/shared/package'
import type { Order, Paging } from '@linux-patch/shared/page'
import type { Patch } from '@linux-patch/shared/patch'
import { sql } from 'kysely'
import { findAlikeAny, type Alike } from './alike-hosts.ts'
import { columns, derivedFor, hostName, toColumns, toHost } from './host-columns.ts'
import { newId } from './id.ts'
import { isTaken } from './lost-race.ts'
import { inGroup, inScope, type Scope } from './scope.ts'
import type { Db, Row } from './schema.ts'

export type Hosts = ReturnType<typeof hostStore>
export type HostRecord = Omit<
  Row<'host'>,
  'os' | 'tags' | 'pending_reboot' | 'patches' | 'packages'
> & {
  /** The display name, or the fully qualified one where there is none. */
  name: string
  /** Null, and `machine_id` and `key_fingerprint` empty: somebody entered it, and it was not reached yet. */
  os: OsDetails | null
  tags: string[]
  pending_reboot: boolean | null
  groups: GroupReference[]
} & Record<OfCertificate, string | null>
/** Of the certificate that it uses. */
export type OfCertificate =
  | 'certificate_not_before'
  | 'certificate_not_after'
  | 'certificate_fetched_at'
export type HostDetailRecord = HostRecord & { patches: Patch[]; packages: Package[] }
export type NewHost = Pick<
  HostRecord,
  | 'machine_id'
  | 'fqdn'
  | 'ip_address'
  | 'display_name'
  | 'os'
  | 'agent_version'
  | 'agent_port'
  | 'key_fingerprint'
  | 'registered_at'
> & { id?: string }
/** What is left out, or undefined, stays as it is. */
type Loose<Facts> = { [Name in keyof Facts]?: Facts[Name] | undefined }
/** What may change about a host. */
export type HostFacts = Loose<
  Omit<
    HostDetailRecord,
    'id' | 'name' | OfCertificate | 'groups' | 'registered_at' | 'retired_at' | 'retired_reason'
  >
>
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
export type Due = { settled_before: string; unsettled_before: string; limit: number }
const answering: HostStatus[] = ['healthy', 'degraded']

export const hostStore = (db: Db) => ({
  /** Its `id` is given where a certificate already carries it. */
  async add({ id = newId(), os, ...host }: NewHost): Promise<HostRecord> {
    const row = await db
      .insertInto('host')
      .values({
        ...host,
        id,
        os: JSON.stringify(os),
        tags: '[]',
        notes: '',
        status: 'pending',
        patches: '[]',
        packages: '[]',
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!row) throw alreadyManaged()
    return getHost(db, id, 'all')
  },

  /** A retired host as well: jobs still name it. One out of the scope is told from none by nobody. */
  get: (id: string, scope: Scope): Promise<HostDetailRecord> => getHost(db, id, scope),

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

  /** Managed hosts that have the machine id, the name or the address in question. */
  findAlike: (host: Alike): Promise<HostRecord[]> => findAlikeAny(db, [host]),

  /** Those that are like any of these: a page's worth in one question. */
  findAlikeAny: (wanted: Alike[]): Promise<HostRecord[]> => findAlikeAny(db, wanted),

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

  /** False when the host has been retired meanwhile: what is learnt of it then is dropped. */
  async update(id: string, facts: HostFacts): Promise<boolean> {
    try {
      const { numUpdatedRows } = await db
        .updateTable('host')
        .set(toColumns(facts))
        .where('id', '=', id)
        .where('retired_at', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    } catch (cause) {
      throw isTaken(cause) ? alreadyManaged({ cause }) : cause
    }
  },

  async isManaged(id: string): Promise<boolean> {
    const host = live(db, { scope: 'all' }).select('id').where('id', '=', id)
    return (await host.executeTakeFirst()) !== undefined
  },

  async retire(id: string, retired_reason: string, now: string): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('host')
      .set({ retired_at: now, retired_reason })
      .where('id', '=', id)
      .where('retired_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new Failure('not_found', 'There is no such managed host.')
  },
})

const alreadyManaged = (options?: ErrorOptions) =>
  new Failure('conflict', 'A managed host already has this machine id or this name.', options)

type Filter = Pick<HostSelection, 'scope' | 'search' | 'status' | 'group_id' | 'retired'>

/** Managed hosts, or those that have left. */
function live(db: Db, { scope, search = '', status, group_id, retired = false }: Filter) {
  const literal = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const contains = (column: string) =>
    sql<boolean>`lower(${sql.ref(column)}) like lower(${literal}) escape '\\'`
  return db
    .selectFrom('host')
    .where('retired_at', retired ? 'is not' : 'is', null)
    .where(inScope(scope, 'host.id'))
    .$if(status !== undefined, (query) => query.where('status', '=', status!))
    .$if(group_id !== undefined, (query) => query.where(inGroup(scope, group_id!, 'host.id')))
    .$if(search !== '', (query) =>
      query.where((of) => of.or(['display_name', 'fqdn', 'ip_address'].map(contains))),
    )
}

async function getHost(db: Db, id: string, scope: Scope): Promise<HostDetailRecord> {
  const row = await db
    .selectFrom('host')
    .select(columns)
    .select(['patches', 'packages'])
    .select(derivedFor(scope))
    .where('id', '=', id)
    .where(inScope(scope, 'host.id'))
    .executeTakeFirst()
  if (!row) throw new Failure('not_found', 'There is no such host.')
  const { patches, packages, ...rest } = row
  return { ...toHost(rest), patches: JSON.parse(patches), packages: JSON.parse(packages) }
}
