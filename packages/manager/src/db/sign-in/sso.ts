import type { Db, Row } from '../schema.ts'

export type SsoAttempt = Row<'sso_attempt'>
export type SsoHandoff = Row<'sso_handoff'>

/** Both kinds are gone once they are taken: of many who ask for one at once, one gets it. */
export const ssoStore = (db: Db) => ({
  async addAttempt(attempt: SsoAttempt): Promise<void> {
    await db.insertInto('sso_attempt').values(attempt).execute()
  },

  takeAttempt: (browser_hash: string, now: string): Promise<SsoAttempt | undefined> =>
    db
      .deleteFrom('sso_attempt')
      .where('browser_hash', '=', browser_hash)
      .where('expires_at', '>', now)
      .returningAll()
      .executeTakeFirst(),

  async addHandoff(handoff: SsoHandoff): Promise<void> {
    await db.insertInto('sso_handoff').values(handoff).execute()
  },

  /** Asked for by another browser it stays where it is. */
  takeHandoff: (
    { code_hash, browser_hash }: Pick<SsoHandoff, 'code_hash' | 'browser_hash'>,
    now: string,
  ): Promise<SsoHandoff | undefined> =>
    db
      .deleteFrom('sso_handoff')
      .where('code_hash', '=', code_hash)
      .where('browser_hash', '=', browser_hash)
      .where('expires_at', '>', now)
      .returningAll()
      .executeTakeFirst(),

  async purgeExpired(now: string): Promise<void> {
    await db.deleteFrom('sso_attempt').where('expires_at', '<=', now).execute()
    await db.deleteFrom('sso_handoff').where('expires_at', '<=', now).execute()
  },
})
