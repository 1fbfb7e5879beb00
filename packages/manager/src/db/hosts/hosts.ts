import { Failure } from '@linux-patch/shared/failure'
import type { GroupReference } from '@linux-patch/shared/group'
import type { OsDetails } from '@linux-patch/shared/host'
import type { Package } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'
import { findAlikeAny, type Alike } from './alike.ts'
import { columns, derivedFor, toColumns, toHost } from './columns.ts'
import { hostLists, live } from './list.ts'
import { newId } from '../id.ts'
import { isTaken } from '../lost-race.ts'
import { inScope, type Scope } from '../scope.ts'
import type { Db, Row } from '../schema.ts'

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

  ...hostLists(db),

  /** Managed hosts that have the machine id, the name or the address in question. */
  findAlike: (host: Alike): Promise<HostRecord[]> => findAlikeAny(db, [host]),

  /** Those that are like any of these: a page's worth in one question. */
  findAlikeAny: (wanted: Alike[]): Promise<HostRecord[]> => findAlikeAny(db, wanted),

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
