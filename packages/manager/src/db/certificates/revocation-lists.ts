import type { Db } from '../schema.ts'

export type KeptList = {
  number: number
  this_update: string
  next_update: string
  /** DER. */
  bytes: Buffer
}

/** The newest list of each root. */
export const revocationListStore = (db: Db) => ({
  /** The number of the next list: `at_least` this, and higher than any that any manager has taken. */
  async takeNumber(root: string, at_least: number): Promise<number> {
    await db
      .insertInto('revocation_list')
      .values({ root, last_number: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const { last_number } = await db
      .updateTable('revocation_list')
      .set((of) => ({
        last_number: of
          .case()
          .when('last_number', '<', at_least)
          .then(at_least)
          .else(of('last_number', '+', 1))
          .end(),
      }))
      .where('root', '=', root)
      .returning('last_number')
      .executeTakeFirstOrThrow()
    return last_number
  },

  /** Nothing happens where a later one is kept: that one was read later, and says all that this one does. */
  async keep(root: string, { number, this_update, next_update, bytes }: KeptList): Promise<void> {
    await db
      .updateTable('revocation_list')
      .set({ number, this_update, next_update, der: bytes.toString('base64') })
      .where('root', '=', root)
      .where((of) => of.or([of('number', 'is', null), of('number', '<', number)]))
      .execute()
  },

  /** Without what is long. */
  async findNumber(root: string): Promise<{ number: number; this_update: string } | undefined> {
    const row = await db
      .selectFrom('revocation_list')
      .select(['number', 'this_update'])
      .where('root', '=', root)
      .executeTakeFirst()
    if (row?.number == null || row.this_update === null) return undefined
    return { number: row.number, this_update: row.this_update }
  },

  async find(root: string): Promise<KeptList | undefined> {
    const row = await db
      .selectFrom('revocation_list')
      .selectAll()
      .where('root', '=', root)
      .executeTakeFirst()
    if (row?.number == null || row.this_update === null || row.next_update === null)
      return undefined
    const { number, this_update, next_update, der } = row
    return { number, this_update, next_update, bytes: Buffer.from(der ?? '', 'base64') }
  },
})
