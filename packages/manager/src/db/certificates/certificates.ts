import { Failure } from '@linux-patch/shared/failure'
import type { Paging } from '@linux-patch/shared/page'
import { newId } from '../id.ts'
import { within } from '../within.ts'
import { claimKey } from './keys.ts'
import { revokedCertificates } from './revoked.ts'
import type { CertificateKind, CertificateStatus } from './tables.ts'
import type { Db, Row } from '../schema.ts'

export type Certificates = ReturnType<typeof certificateStore>
export type CertificateRecord = Row<'certificate'>
type Ending =
  | 'status'
  | 'fetched_at'
  | 'superseded_at'
  | 'revoked_at'
  | 'revocation_reason'
  | 'revoked_by'
type Later = 'renewal_wanted_at' | 'expiry_told_at'
type Optional = 'id' | 'name' | 'root' | 'replaces_id'
export type NewCertificate = Omit<CertificateRecord, Ending | Later | Optional> &
  Partial<Pick<CertificateRecord, Optional>>
/** All of what is given has to be so. */
type CertificateSelection = {
  host_id?: string | undefined
  kind?: CertificateKind | undefined
  status?: CertificateStatus | undefined
}
/** The manager's own: what kind, what it shows it for, and the names in it, as openssl prints them. */
export type Own = { kind: 'manager' | 'web'; name: string; sans: string }
export const certificateStore = (db: Db) => ({
  ...revokedCertificates(db),

  /** Refuses a public key that ever was in another identity's certificate, whatever became of that one. */
  add: ({ id = newId(), ...certificate }: NewCertificate): Promise<CertificateRecord> =>
    within(db, async (db) => {
      await claimKey(db, certificate)
      const row = await db
        .insertInto('certificate')
        .values({ ...certificate, id, status: 'active' })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst()
      if (row) return row
      throw new Failure(
        'conflict',
        'This public key, or this serial number, already belongs to another certificate.',
      )
    }),

  async get(id: string): Promise<CertificateRecord> {
    const row = await db
      .selectFrom('certificate')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw new Failure('not_found', 'There is no such certificate.')
    return row
  },

  /** Newest first. */
  async list({ limit, offset, ...filter }: CertificateSelection & Paging) {
    const rows = await selected(db, filter)
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute()
    const { total } = await selected(db, filter)
      .select((of) => of.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    return { rows, total }
  },

  /** The one that ends last of a host's in force. */
  activeOf: (host_id: string): Promise<CertificateRecord | undefined> =>
    selected(db, { host_id, status: 'active' })
      .selectAll()
      .orderBy('not_after', 'desc')
      .executeTakeFirst(),

  /** The same of the manager's own. */
  activeOwn: ({ kind, name, sans }: Own): Promise<CertificateRecord | undefined> =>
    selected(db, { kind, status: 'active' })
      .selectAll()
      .where('name', '=', name)
      .where('sans', '=', sans)
      .orderBy('not_after', 'desc')
      .executeTakeFirst(),

  /** In hexadecimal, spelt either way. */
  findBySerial: (serial: string): Promise<CertificateRecord | undefined> =>
    db
      .selectFrom('certificate')
      .selectAll()
      .where('serial', '=', serial.toLowerCase())
      .executeTakeFirst(),

  /** True the first time that this certificate is fetched. */
  async markFetched(cert_pem: string, fetched_at: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('certificate')
      .set({ fetched_at })
      .where('cert_pem', '=', cert_pem)
      .where('fetched_at', 'is', null)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  /** A host's certificates in force count no longer; the next one takes their place. */
  async supersede(host_id: string, superseded_at: string): Promise<void> {
    await db
      .updateTable('certificate')
      .set({ status: 'superseded', superseded_at })
      .where('host_id', '=', host_id)
      .where('status', '=', 'active')
      .execute()
  },

  /** The same for the manager's own, which belong to no host. */
  async supersedeOwn({ kind, name, sans }: Own, superseded_at: string): Promise<void> {
    await db
      .updateTable('certificate')
      .set({ status: 'superseded', superseded_at })
      .where('kind', '=', kind)
      .where('name', '=', name)
      .where('sans', '=', sans)
      .where('status', '=', 'active')
      .execute()
  },
})

const selected = (db: Db, { host_id, kind, status }: CertificateSelection) =>
  db
    .selectFrom('certificate')
    .$if(host_id !== undefined, (query) => query.where('host_id', '=', host_id!))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind!))
    .$if(status !== undefined, (query) => query.where('status', '=', status!))
