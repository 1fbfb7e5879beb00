import type { Db, Row } from '../schema.ts'
import { ownWord, type SsoOrigin } from './sessions.ts'

export type SignInChallenges = ReturnType<typeof signInChallengeStore>
type SignInChallenge = Row<'sign_in_challenge'>
type NewChallenge = Omit<SignInChallenge, keyof SsoOrigin> & Partial<SsoOrigin>

export const signInChallengeStore = (db: Db) => ({
  async add(challenge: NewChallenge): Promise<void> {
    await db
      .insertInto('sign_in_challenge')
      .values({ ...ownWord, ...challenge })
      .execute()
  },

  /** Takes one of its tries. Undefined where it has none left, or its time is over. */
  take: (hash: string, now: string): Promise<SignInChallenge | undefined> =>
    db
      .updateTable('sign_in_challenge')
      .set((of) => ({ tries_left: of('tries_left', '-', 1) }))
      .where('hash', '=', hash)
      .where('tries_left', '>', 0)
      .where('expires_at', '>', now)
      .returningAll()
      .executeTakeFirst(),

  /** Of all who met it, the first may go on. */
  async remove(hash: string): Promise<boolean> {
    const { numDeletedRows } = await db
      .deleteFrom('sign_in_challenge')
      .where('hash', '=', hash)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  },

  async removeOf(user_id: string): Promise<void> {
    await db.deleteFrom('sign_in_challenge').where('user_id', '=', user_id).execute()
  },

  async purgeExpired(now: string): Promise<void> {
    await db.deleteFrom('sign_in_challenge').where('expires_at', '<=', now).execute()
  },
})
