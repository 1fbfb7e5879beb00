import type { Db, Row } from '../schema.ts'
import { within } from '../within.ts'

type SecondFactorRecord = Row<'second_factor'>

/** One for each person at most; `mfa_enabled` of the user says whether it counts. */
export const secondFactorStore = (db: Db) => ({
  find: (user_id: string): Promise<SecondFactorRecord | undefined> =>
    db.selectFrom('second_factor').selectAll().where('user_id', '=', user_id).executeTakeFirst(),

  /** In the place of one that never got its first code. False where there is one that counts. */
  async begin(user_id: string, sealed: string, expires_at: string): Promise<boolean> {
    const row = await db
      .insertInto('second_factor')
      .values({ user_id, sealed, expires_at, last_step: 0 })
      .onConflict((conflict) =>
        conflict
          .column('user_id')
          .doUpdateSet({ sealed, expires_at })
          .where('second_factor.expires_at', 'is not', null),
      )
      .returning('user_id')
      .executeTakeFirst()
    return row !== undefined
  },

  /** It counts from now on. False where it is not the one that was read any more, or its time is over. */
  confirm: ({ user_id, sealed }: SecondFactorRecord, step: number, now: string): Promise<boolean> =>
    within(db, async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('second_factor')
        .set({ expires_at: null, last_step: step })
        .where('user_id', '=', user_id)
        .where('sealed', '=', sealed)
        .where('expires_at', '>', now)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) return false
      await setEnabled(db, user_id, 1)
      return true
    }),

  /** Of all who offer a code of this time step, or of an older one, the first is taken. */
  async accept(user_id: string, step: number): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('second_factor')
      .set({ last_step: step })
      .where('user_id', '=', user_id)
      .where('expires_at', 'is', null)
      .where('last_step', '<', step)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  /** With the recovery codes. */
  remove: (user_id: string): Promise<void> =>
    within(db, async (db) => {
      await db.deleteFrom('second_factor').where('user_id', '=', user_id).execute()
      await db.deleteFrom('recovery_code').where('user_id', '=', user_id).execute()
      await setEnabled(db, user_id, 0)
    }),

  listSealed: (): Promise<Pick<SecondFactorRecord, 'user_id' | 'sealed'>[]> =>
    db.selectFrom('second_factor').select(['user_id', 'sealed']).orderBy('user_id').execute(),

  async reseal(user_id: string, before: string, sealed: string): Promise<void> {
    await db
      .updateTable('second_factor')
      .set({ sealed })
      .where('user_id', '=', user_id)
      .where('sealed', '=', before)
      .execute()
  },
})

async function setEnabled(db: Db, user_id: string, mfa_enabled: 0 | 1) {
  await db.updateTable('user').set({ mfa_enabled }).where('id', '=', user_id).execute()
}
