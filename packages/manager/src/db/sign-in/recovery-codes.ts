import type { Db } from '../schema.ts'
import { within } from '../within.ts'

export type RecoveryCodes = ReturnType<typeof recoveryCodeStore>

export const recoveryCodeStore = (db: Db) => ({
  /** In the place of all that there were. */
  replace: (user_id: string, hashes: string[]): Promise<void> =>
    within(db, async (db) => {
      await db.deleteFrom('recovery_code').where('user_id', '=', user_id).execute()
      await db
        .insertInto('recovery_code')
        .values(hashes.map((hash) => ({ user_id, hash, used_at: null })))
        .execute()
    }),

  /** Of all who offer the same one, the first is taken. */
  async use(user_id: string, hash: string, now: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('recovery_code')
      .set({ used_at: now })
      .where('user_id', '=', user_id)
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async countLeft(user_id: string): Promise<number> {
    const { count } = await db
      .selectFrom('recovery_code')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('user_id', '=', user_id)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow()
    return count
  },
})
