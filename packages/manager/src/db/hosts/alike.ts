import { sql } from 'kysely'
import { columns, derivedFor, toHost } from './columns.ts'
import type { HostRecord } from './hosts.ts'
import type { Db } from '../schema.ts'

/** By what a host is known again. */
export type Alike = Pick<HostRecord, 'machine_id' | 'fqdn' | 'ip_address'>

/**
 * Managed hosts that have the machine id, the name or the address of any of these: of all that there are, for no two
 * may be the same. Who is told of them is for the caller to heed.
 */
export async function findAlikeAny(db: Db, wanted: Alike[]): Promise<HostRecord[]> {
  if (wanted.length === 0) return []
  const machine_ids = wanted.map(({ machine_id }) => machine_id)
  const names = wanted.map(({ fqdn }) => sql<string>`lower(${fqdn})`)
  const addresses = wanted.map(({ ip_address }) => ip_address)
  const rows = await db
    .selectFrom('host')
    .select(columns)
    .select(derivedFor('all'))
    .where('retired_at', 'is', null)
    .where((of) =>
      of.or([
        of.and([of('machine_id', 'in', machine_ids), of('machine_id', '<>', '')]),
        of(sql<string>`lower(fqdn)`, 'in', names),
        of('ip_address', 'in', addresses),
      ]),
    )
    .orderBy('id')
    .execute()
  return rows.map((row): HostRecord => toHost(row))
}
