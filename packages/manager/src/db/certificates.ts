import { Failure } from '@linux-patch/shared/failure'
import { newId } from './id.ts'
import type { CertificateKind, Db, Row } from './schema.ts'

export type Certificates = ReturnType<typeof certificateStore>
export type CertificateRecord = Row<'certificate'>
export type NewCertificate = Omit<CertificateRecord, 'id' | 'status' | 'fetched_at'> & {
  id?: string
}

export const certificateStore = (db: Db) => ({
  /** Refuses a public key that another certificate in force has: one key never serves two identities. */
  async add({ id = newId(), ...certificate }: NewCertificate): Promise<CertificateRecord> {
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
  },

  activeOf: (host_id: string): Promise<CertificateRecord | undefined> =>
    db
      .selectFrom('certificate')
      .selectAll()
      .where('host_id', '=', host_id)
      .where('status', '=', 'active')
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
  async supersede(host_id: string): Promise<void> {
    await db
      .updateTable('certificate')
      .set({ status: 'superseded' })
      .where('host_id', '=', host_id)
      .where('status', '=', 'active')
      .execute()
  },

  /** The same for the manager's own, which belong to no host. */
  async supersedeOwn(kind: Exclude<CertificateKind, 'agent'>): Promise<void> {
    await db
      .updateTable('certificate')
      .set({ status: 'superseded' })
      .where('kind', '=', kind)
      .where('status', '=', 'active')
      .execute()
  },
})
