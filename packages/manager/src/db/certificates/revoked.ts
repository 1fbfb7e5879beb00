import type { RevocationReason } from '@linux-patch/shared/certificate'
import type { CertificateRecord } from './certificates.ts'
import type { Db } from '../schema.ts'

export type Revoking = { reason: RevocationReason; by: string | null; at: string }
/** What a list of revoked certificates says of each. */
type RevokedEntry = { serial: string; revoked_at: string; reason: RevocationReason }

/** What is revoked, and what asks for it. */
export const revokedCertificates = (db: Db) => ({
  /** Answers those that were not revoked before. */
  async revoke(ids: string[], { reason, by, at }: Revoking): Promise<CertificateRecord[]> {
    if (ids.length === 0) return []
    return db
      .updateTable('certificate')
      .set({ status: 'revoked', revocation_reason: reason, revoked_by: by, revoked_at: at })
      .where('id', 'in', ids)
      .where('status', '<>', 'revoked')
      .returningAll()
      .execute()
  },

  /** Whether a certificate for this key was revoked. */
  async isKeyRevoked(spki_hash: string): Promise<boolean> {
    const row = await revoked(db).select('id').where('spki_hash', '=', spki_hash).executeTakeFirst()
    return row !== undefined
  },

  /** Which of these certificates are revoked, by their serial numbers. */
  async revokedAmong(serials: string[]): Promise<string[]> {
    if (serials.length === 0) return []
    const rows = await revoked(db).select('serial').where('serial', 'in', serials).execute()
    return rows.map(({ serial }) => serial)
  },

  /**
   * What was revoked of one root's certificates and had not ended by then, oldest first. `isFirst`: the
   * root is the one that signed before there were several. `since`: only what was revoked from then on.
   */
  async listRevoked(
    root: string,
    { isFirst, ends_after, since = '' }: { isFirst: boolean; ends_after: string; since?: string },
  ): Promise<RevokedEntry[]> {
    const rows = await revoked(db)
      .select(['serial', 'revoked_at', 'revocation_reason'])
      .where((of) => of.or([of('root', '=', root), ...(isFirst ? [of('root', 'is', null)] : [])]))
      .where('not_after', '>', ends_after)
      .where('revoked_at', '>=', since)
      .orderBy('revoked_at')
      .orderBy('serial')
      .execute()
    // The table's own rule: what is revoked has both.
    return rows.map(({ serial, revoked_at, revocation_reason }) => ({
      serial,
      revoked_at: revoked_at!,
      reason: revocation_reason!,
    }))
  },
})

const revoked = (db: Db) => db.selectFrom('certificate').where('status', '=', 'revoked')
