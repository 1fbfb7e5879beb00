import type { CertificateRecord } from './certificates.ts'
import { hostName } from '../hosts/columns.ts'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine, Row } from '../schema.ts'

export type HostCertificates = ReturnType<typeof hostCertificateStore>
/** A certificate of a host, and what of the host decides whether it counts. */
export type HostCertificate = CertificateRecord & {
  host_id: string
  name: string
  retired_at: Row<'host'>['retired_at']
}

type Ending = Pick<CertificateRecord, 'id' | 'host_id' | 'serial' | 'not_before' | 'not_after'> & {
  name: string
}

/** How the certificates of one host follow each other. */
export const hostCertificateStore = (db: Db, engine: Engine) => ({
  /**
   * Until the transaction ends nobody else changes what certificates a host has. Before anything else there, so
   * that no two wait for each other. False where the host is not managed.
   */
  async hold(host_id: string): Promise<boolean> {
    const query = db.selectFrom('host').select('retired_at').where('id', '=', host_id)
    const row = await lockedIn(engine)(query).executeTakeFirst()
    return row?.retired_at === null
  },

  /** Whether a certificate is in force, which it then is until the transaction ends. */
  async holdActive(id: string): Promise<boolean> {
    const query = db.selectFrom('certificate').select('status').where('id', '=', id)
    const row = await lockedIn(engine)(query).executeTakeFirst()
    return row?.status === 'active'
  },

  /** By its serial number in hexadecimal, spelt either way. */
  async find(serial: string): Promise<HostCertificate | undefined> {
    const row = await db
      .selectFrom('certificate')
      .innerJoin('host', 'host.id', 'certificate.host_id')
      .selectAll('certificate')
      .select(['host.retired_at', hostName.as('name')])
      .where('certificate.serial', '=', serial.toLowerCase())
      .where('certificate.kind', '=', 'agent')
      .executeTakeFirst()
    return row && { ...row, host_id: row.host_id ?? '' }
  },

  /** The one that was issued in the place of another, and may not be in use yet. */
  successorOf: (id: string): Promise<CertificateRecord | undefined> =>
    db
      .selectFrom('certificate')
      .selectAll()
      .where('replaces_id', '=', id)
      .where('status', '=', 'active')
      .executeTakeFirst(),

  /** Whether a key was ever in a certificate, also in one that counts no longer. */
  async knowsKey(spki_hash: string): Promise<boolean> {
    const query = db.selectFrom('certificate').select('id').where('spki_hash', '=', spki_hash)
    return (await query.executeTakeFirst()) !== undefined
  },

  async countSince(host_id: string, at: string): Promise<number> {
    const { total } = await db
      .selectFrom('certificate')
      .select((of) => of.fn.countAll<number>().as('total'))
      .where('host_id', '=', host_id)
      .where('created_at', '>', at)
      .executeTakeFirstOrThrow()
    return total
  },

  /** What was issued in the place of a certificate counts no longer, but for the one that is in use. */
  async dropSuccessors(replaced: string, at: string, used: string | null = null): Promise<void> {
    await db
      .updateTable('certificate')
      .set({ status: 'superseded', superseded_at: at })
      .where('replaces_id', '=', replaced)
      .where('status', '=', 'active')
      .$if(used !== null, (query) => query.where('id', '<>', used!))
      .execute()
  },

  /** Of managed hosts: certificates in use that end before then, and of which nothing was said yet. */
  listEnding: (before: string): Promise<Ending[]> =>
    db
      .selectFrom('certificate')
      .innerJoin('host', 'host.id', 'certificate.host_id')
      .select(['certificate.id', 'certificate.host_id', 'certificate.serial'])
      .select(['certificate.not_before', 'certificate.not_after', hostName.as('name')])
      .where('certificate.status', '=', 'active')
      .where('host.retired_at', 'is', null)
      .where('expiry_told_at', 'is', null)
      .where('not_after', '<', before)
      .orderBy('not_after')
      .execute(),

  /** False where it was said already. */
  async markExpiryTold(id: string, at: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('certificate')
      .set({ expiry_told_at: at })
      .where('id', '=', id)
      .where('expiry_told_at', 'is', null)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  /** The host of each of these in use renews it as soon as it hears of it. Answers those ids. */
  async wantRenewal(ids: string[], at: string): Promise<string[]> {
    if (ids.length === 0) return []
    const rows = await db
      .updateTable('certificate')
      .set({ renewal_wanted_at: at })
      .where('id', 'in', ids)
      .where('kind', '=', 'agent')
      .where('status', '=', 'active')
      .returning('id')
      .execute()
    return rows.map(({ id }) => id)
  },

  /** Managed hosts that have a certificate in force. */
  async countHosts(at: string): Promise<number> {
    const { total } = await inForce(db, at)
      .select((of) => of.fn.count<number>('host.id').distinct().as('total'))
      .executeTakeFirstOrThrow()
    return total
  },

  /** Those of them that still have one of another root than this. */
  listNotOf: (root: string, at: string): Promise<{ id: string; name: string }[]> =>
    inForce(db, at)
      .select(['host.id', hostName.as('name')])
      .distinct()
      .where((of) =>
        of.or([of('certificate.root', 'is', null), of('certificate.root', '<>', root)]),
      )
      .orderBy('name')
      .execute(),

  /** The certificate that another one has replaced counts no longer. False where it did not before. */
  async supersede(id: string, at: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('certificate')
      .set({ status: 'superseded', superseded_at: at })
      .where('id', '=', id)
      .where('status', '=', 'active')
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },
})

const inForce = (db: Db, at: string) =>
  db
    .selectFrom('certificate')
    .innerJoin('host', 'host.id', 'certificate.host_id')
    .where('certificate.status', '=', 'active')
    .where('certificate.not_after', '>', at)
    .where('host.retired_at', 'is', null)
