import { lockedIn } from './locked-in.ts'
import type { Db, Engine } from './schema.ts'

export const secretStore = (db: Db, engine: Engine) => ({
  async find(name: string): Promise<string | undefined> {
    const row = await db
      .selectFrom('secret')
      .select('sealed')
      .where('name', '=', name)
      .executeTakeFirst()
    return row?.sealed
  },

  list: () => db.selectFrom('secret').selectAll().orderBy('name').execute(),

  /** All of them, which nobody changes until the transaction ends. */
  hold: () => lockedIn(engine)(db.selectFrom('secret').selectAll().orderBy('name')).execute(),

  async get(name: string): Promise<string> {
    const { sealed } = await db
      .selectFrom('secret')
      .select('sealed')
      .where('name', '=', name)
      .executeTakeFirstOrThrow()
    return sealed
  },

  /** Answers what is stored afterwards: of several managers that start at once, all go on with one key. */
  async addOnce(name: string, sealed: string): Promise<string> {
    await db
      .insertInto('secret')
      .values({ name, sealed })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const row = await db
      .selectFrom('secret')
      .select('sealed')
      .where('name', '=', name)
      .executeTakeFirstOrThrow()
    return row.sealed
  },

  /** False where it is not what it was any more. */
  async replace(name: string, before: string, sealed: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('secret')
      .set({ sealed })
      .where('name', '=', name)
      .where('sealed', '=', before)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async count(): Promise<number> {
    const { count } = await db
      .selectFrom('secret')
      .select((of) => of.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return count
  },
})
