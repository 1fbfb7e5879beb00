import type {
  CertificateKind,
  CertificateStatus,
  CertificateSummary,
} from '@linux-patch/shared/certificate'
import { Failure } from '@linux-patch/shared/failure'
import type { Order, Paging } from '@linux-patch/shared/page'
import { sql } from 'kysely'
import type { CertificateRecord } from './certificates.ts'
import { contains } from '../contains.ts'
import { hostName } from '../hosts/columns.ts'
import type { Db } from '../schema.ts'
import { inScope, type Scope } from '../scope.ts'

export type CertificateList = ReturnType<typeof certificateListStore>
/** A certificate with the names of those whom it names by id. `state` is its status by that time. */
export type ListedCertificate = CertificateRecord & {
  state: CertificateStatus
  host_name: string | null
  issuer_name: string | null
  revoker_name: string | null
}
/** All of what is given has to be so. */
export type CertificateFilter = {
  /** Whoever does not see every host sees the certificates of those he sees, and of nothing else. */
  scope: Scope
  ids?: readonly string[] | undefined
  status?: CertificateStatus | undefined
  kind?: CertificateKind | undefined
  host_ids?: readonly string[] | undefined
  /** In force, and ending by then. */
  ends_by?: string | undefined
  search?: string | undefined
}
export type Grouping = 'status' | 'host'
type CertificatePage = Paging & {
  sort: 'created_at' | 'not_after'
  order: Order
  group_by?: Grouping | undefined
}

/** How certificates are looked for. `now` decides which of them have expired. */
export const certificateListStore = (db: Db) => ({
  async get(id: string, scope: Scope, now: string): Promise<ListedCertificate> {
    const row = await listed(db, { scope, ids: [id] }, now).executeTakeFirst()
    if (row) return row
    throw new Failure('not_found', 'There is no such certificate.')
  },

  async list(filter: CertificateFilter, { sort, order, ...page }: CertificatePage, now: string) {
    const rows = await listed(db, filter, now)
      .$if(page.group_by === 'status', (query) => query.orderBy(stateAt(now)))
      .$if(page.group_by === 'host', (query) =>
        query
          .orderBy(sql`certificate.host_id is null`)
          .orderBy(sql`lower(${nameOfHost})`)
          .orderBy('certificate.host_id'),
      )
      .orderBy(`certificate.${sort}`, order)
      .orderBy('certificate.id', order)
      .limit(page.limit)
      .offset(page.offset)
      .execute()
    return { rows, total: await count(db, filter, now) }
  },

  /** Of a host, whatever became of it. */
  newestOf: (host_id: string): Promise<CertificateRecord | undefined> =>
    db
      .selectFrom('certificate')
      .selectAll()
      .where('host_id', '=', host_id)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .executeTakeFirst(),

  /** How many there are in each group: by status, or by the id of the host, '' for those of none. */
  async countGroups(filter: CertificateFilter, by: Grouping, now: string) {
    const key = by === 'status' ? stateAt(now) : sql<string>`coalesce(certificate.host_id, '')`
    const rows = await matching(db, filter, now)
      .select([key.as('key'), (of) => of.fn.countAll<number>().as('total')])
      // By its name: PostgreSQL takes the same words with another parameter for something else.
      .groupBy(sql.ref('key'))
      .execute()
    return new Map(rows.map(({ key, total }) => [key, total]))
  },

  /** `expiring_by`: until when an active one has to end to be called expiring. */
  async summarize(
    filter: CertificateFilter,
    { now, expiring_by }: { now: string; expiring_by: string },
  ): Promise<CertificateSummary> {
    const each = { ...filter, status: undefined, ends_by: undefined }
    const counts = await this.countGroups(each, 'status', now)
    const of = (status: CertificateStatus) => counts.get(status) ?? 0
    return {
      total: [...counts.values()].reduce((sum, count) => sum + count, 0),
      active: of('active'),
      superseded: of('superseded'),
      revoked: of('revoked'),
      expired: of('expired'),
      expiring: await count(db, { ...each, ends_by: expiring_by }, now),
    }
  },
})

async function count(db: Db, filter: CertificateFilter, now: string): Promise<number> {
  const { total } = await matching(db, filter, now)
    .select((of) => of.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return total
}

const listed = (db: Db, filter: CertificateFilter, now: string) =>
  matching(db, filter, now)
    .selectAll('certificate')
    .select([
      stateAt(now).as('state'),
      nameOfHost.as('host_name'),
      nameOfUser('issued_by').as('issuer_name'),
      nameOfUser('revoked_by').as('revoker_name'),
    ])

const matching = (db: Db, filter: CertificateFilter, now: string) => {
  const { scope, ids, status, kind, host_ids, ends_by, search = '' } = filter
  return db
    .selectFrom('certificate')
    .leftJoin('host', 'host.id', 'certificate.host_id')
    .$if(scope !== 'all', (query) =>
      query.where('host.id', 'is not', null).where(inScope(scope, 'host.id')),
    )
    .$if(ids !== undefined, (query) => query.where('certificate.id', 'in', some(ids!)))
    .$if(host_ids !== undefined, (query) =>
      query.where('certificate.host_id', 'in', some(host_ids!)),
    )
    .$if(kind !== undefined, (query) => query.where('certificate.kind', '=', kind!))
    .$if(status !== undefined, (query) => query.where(stateAt(now), '=', status!))
    .$if(ends_by !== undefined, (query) =>
      query.where(stateAt(now), '=', 'active').where('certificate.not_after', '<=', ends_by!),
    )
    .$if(search !== '', (query) => query.where((of) => of.or(found(search))))
}

/** `in ()` is no SQL; nothing has an empty id. */
const some = (ids: readonly string[]) => (ids.length > 0 ? ids : [''])

const stateAt = (now: string) => sql<CertificateStatus>`case
  when certificate.status = 'revoked' then 'revoked'
  when certificate.not_after <= ${now} then 'expired'
  else certificate.status end`

const nameOfHost = sql<string | null>`case when host.id is null then null else ${hostName} end`

/** Who is no user, such as the manager itself, is called what stands there. */
const nameOfUser = (column: 'issued_by' | 'revoked_by') => {
  const id = sql.ref(`certificate.${column}`)
  return sql<string | null>`coalesce(
    (select username from "user" where "user".id = ${id}),
    (select username from former_user where former_user.id = ${id}),
    ${id})`
}

/** Serial numbers and fingerprints are also looked for as openssl prints them: `4A:BC`. */
function found(search: string) {
  const hexadecimal = /^[0-9a-f]{2}(:[0-9a-f]{2})+$/i.test(search)
    ? search.replaceAll(':', '')
    : search
  return [
    ...['host.display_name', 'host.fqdn', 'certificate.name', 'certificate.sans'].map((column) =>
      contains(column, search),
    ),
    ...['certificate.serial', 'certificate.fingerprint'].map((column) =>
      contains(column, hexadecimal),
    ),
  ]
}
