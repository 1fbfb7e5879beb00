import type { Db, Row } from '../schema.ts'

/** Whose sessions end, as they are kept with these: all of a subject, those of one session there, or both at once. */
export type SsoEnded = { sso_subject: string | null; sso_sid: string | null }

/** What a provider has told of sessions that ended there. */
export const ssoLogoutStore = (db: Db) => ({
  /** Of many who bring the same token, one is told that it is new. */
  async take(token: Row<'sso_logout'>): Promise<boolean> {
    const { numInsertedOrUpdatedRows = 0n } = await db
      .insertInto('sso_logout')
      .values(token)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows > 0n
  },

  /** Whom it is about: who has a session that belongs to it, or is about to have one. */
  async listUsers({ sso_subject, sso_sid }: SsoEnded): Promise<string[]> {
    const rows =
      sso_subject === null
        ? await usersOf(db, sso_sid).execute()
        : await db.selectFrom('user').select('id').where('subject', '=', sso_subject).execute()
    return rows.map(({ id }) => id)
  },

  /** Ends the sessions, and answers which. One whose session at the provider is not known goes with any of its subject. */
  endSessions: (
    { sso_subject, sso_sid }: SsoEnded,
    now: string,
  ): Promise<{ id: string; user_id: string }[]> =>
    db
      .updateTable('session')
      .set({ revoked_at: now })
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .$if(sso_subject === null, (query) => query.where('sso_sid', '=', sso_sid))
      .$if(sso_subject !== null, (query) => query.where('sso_subject', '=', sso_subject))
      .$if(sso_subject !== null && sso_sid !== null, (query) =>
        query.where((of) => of.or([of('sso_sid', '=', sso_sid), of('sso_sid', 'is', null)])),
      )
      .returning(['id', 'user_id'])
      .execute(),

  async purgeExpired(now: string): Promise<void> {
    await db.deleteFrom('sso_logout').where('expires_at', '<=', now).execute()
  },
})

const usersOf = (db: Db, sso_sid: string | null) =>
  db
    .selectFrom('session')
    .select('user_id as id')
    .where('sso_sid', '=', sso_sid)
    .union(
      db.selectFrom('sign_in_challenge').select('user_id as id').where('sso_sid', '=', sso_sid),
    )
    .union(db.selectFrom('sso_handoff').select('user_id as id').where('sso_sid', '=', sso_sid))
