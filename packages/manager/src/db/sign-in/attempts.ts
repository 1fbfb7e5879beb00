import { sql, type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine, Row, Schema } from '../schema.ts'

export type Attempts = ReturnType<typeof attemptStore>
export type AttemptRecord = Row<'attempt'>
/** Whose name was given, and from where; `EVERY` stands for all names, or all addresses. */
export type Place = Pick<AttemptRecord, 'name' | 'address'>
export const EVERY = ''

/**
 * Whoever takes several rows takes them in the order of their names, and then of their addresses: on PostgreSQL those
 * who took them in different orders would wait for each other.
 */
export const attemptStore = (db: Db, engine: Engine) => ({
  find: ({ name, address }: Place): Promise<AttemptRecord | undefined> =>
    db
      .selectFrom('attempt')
      .selectAll()
      .where('name', '=', name)
      .where('address', '=', address)
      .executeTakeFirst(),

  /** Of these names the last lock of each that holds: from everywhere, or from one address. */
  async lastLocks(names: readonly string[], now: string): Promise<Map<string, string>> {
    if (names.length === 0) return new Map()
    const rows = await db
      .selectFrom('attempt')
      .select((of) => ['name', of.fn.max('locked_until').as('until')])
      .where('name', 'in', names)
      .where('locked_until', '>', now)
      .groupBy('name')
      .execute()
    return new Map(rows.map(({ name, until }) => [name, until!]))
  },

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
        of(
          of.refTuple('name', 'address'),
          'in',
          held(db, engine, (of) =>
            of.or([
              of('name', '=', name),
              of.and([of('name', '=', EVERY), of('address', 'in', addresses)]),
            ]),
          ),
        ),
      )
      .execute()
  },

  /** Removes what neither a failure nor a sign-in since then speaks for. */
  async purge(since: { failed: string; signed_in: string }, now: string): Promise<void> {
    const isBefore = (of: Of, column: Time, time: string) =>
      of.or([of(column, 'is', null), of(column, '<=', time)])
    await db
      .deleteFrom('attempt')
      .where((of) =>
        of(
          of.refTuple('name', 'address'),
          'in',
          held(db, engine, (of) =>
            of.and([
              isBefore(of, 'failed_at', since.failed),
              isBefore(of, 'signed_in_at', since.signed_in),
              isBefore(of, 'locked_until', now),
            ]),
          ),
        ),
      )
      .execute()
  },
})

type Of = ExpressionBuilder<Schema, 'attempt'>
type Time = 'failed_at' | 'signed_in_at' | 'locked_until'

/** Where these are, each locked in its turn. */
const held = (
  db: Db,
  engine: Engine,
  which: (of: Of) => ExpressionWrapper<Schema, 'attempt', SqlBool>,
) =>
  lockedIn(engine)(
    db
      .selectFrom('attempt')
      .select(['name', 'address'])
      .where(which)
      .orderBy('name')
      .orderBy('address'),
  ).$asTuple('name', 'address')
