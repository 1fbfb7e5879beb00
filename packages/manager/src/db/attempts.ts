import { sql } from 'kysely'
import type { Db, Row } from './schema.ts'

export type Attempts = ReturnType<typeof attemptStore>
export type AttemptRecord = Row<'attempt'>
/** Whose name was given, and from where; `EVERY` stands for all names, or all addresses. */
export type Place = Pick<AttemptRecord, 'name' | 'address'>
export const EVERY = ''

export const attemptStore = (db: Db) => ({
  find: ({ name, address }: Place): Promise<AttemptRecord | undefined> =>
    db
      .selectFrom('attempt')
      .selectAll()
      .where('name', '=', name)
      .where('address', '=', address)
      .executeTakeFirst(),

  /**
   * One more failure, and how many there are now; those before `since` are forgotten. Nothing where it is locked:
   * of many at once, none counts that comes after the one that locked it.
   */
  async count(place: Place, now: string, since: string): Promise<number | undefined> {
    const row = await db
      .insertInto('attempt')
      .values({ ...place, failures: 1, failed_at: now, locked_until: null, signed_in_at: null })
      .onConflict((conflict) =>
        conflict
          .columns(['name', 'address'])
          .doUpdateSet({
            failures: sql<number>`case when attempt.failed_at > ${since} then attempt.failures + 1 else 1 end`,
            failed_at: now,
          })
          .where((of) =>
            of.or([of('attempt.locked_until', 'is', null), of('attempt.locked_until', '<=', now)]),
          ),
      )
      .returning('failures')
      .executeTakeFirst()
    return row?.failures
  },

  async lock({ name, address }: Place, locked_until: string): Promise<void> {
    await db
      .updateTable('attempt')
      .set({ locked_until })
      .where('name', '=', name)
      .where('address', '=', address)
      .execute()
  },

  /** From here somebody of this name has signed in. */
  async setSignedIn(place: Place, signed_in_at: string): Promise<void> {
    const none = { failures: 0, failed_at: null, locked_until: null }
    await db
      .insertInto('attempt')
      .values({ ...place, ...none, signed_in_at })
      .onConflict((conflict) =>
        conflict.columns(['name', 'address']).doUpdateSet({ ...none, signed_in_at }),
      )
      .execute()
  },

  /** Forgets the failures under this name, and those of the addresses that they came from. */
  async unlock(name: string): Promise<void> {
    const addresses = db
      .selectFrom('attempt')
      .select('address')
      .where('name', '=', name)
      .where('address', '!=', EVERY)
    await db
      .updateTable('attempt')
      .set({ failures: 0, failed_at: null, locked_until: null })
      .where((of) =>
        of.or([
          of('name', '=', name),
          of.and([of('name', '=', EVERY), of('address', 'in', addresses)]),
        ]),
      )
      .execute()
  },

  /** Removes what neither a failure nor a sign-in since then speaks for. */
  async purge(since: { failed: string; signed_in: string }, now: string): Promise<void> {
    await db
      .deleteFrom('attempt')
      .where((of) => of.or([of('failed_at', 'is', null), of('failed_at', '<=', since.failed)]))
      .where((of) =>
        of.or([of('signed_in_at', 'is', null), of('signed_in_at', '<=', since.signed_in)]),
      )
      .where((of) => of.or([of('locked_until', 'is', null), of('locked_until', '<=', now)]))
      .execute()
  },
})
