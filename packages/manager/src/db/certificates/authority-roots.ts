import { Failure } from '@linux-patch/shared/failure'
import type { Db, Row } from '../schema.ts'

export type AuthorityRoots = ReturnType<typeof authorityRootStore>
export type RootRecord = Row<'authority_root'>

export const authorityRootStore = (db: Db) => ({
  /** The current one first, then the next one, then those that were. */
  async list(): Promise<RootRecord[]> {
    const rows = await db
      .selectFrom('authority_root')
      .selectAll()
      .orderBy('stage_since', 'desc')
      .execute()
    const place = { current: 0, next: 1, former: 2 }
    return rows.toSorted((one, other) => place[one.stage] - place[other.stage])
  },

  /** Nothing happens where it is known, or another one is the first. */
  async addFirst(root: Omit<RootRecord, 'stage'>): Promise<void> {
    await db
      .insertInto('authority_root')
      .values({ ...root, stage: 'current' })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  },

  async addNext(root: Omit<RootRecord, 'stage'>): Promise<void> {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('authority_root')
      .values({ ...root, stage: 'next' })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 0n)
      throw new Failure('conflict', 'There is a next root already.')
  },

  /** The next one takes the place of the current one. In a transaction: for a moment there is neither. */
  async finish(at: string): Promise<void> {
    await move(db, 'current', 'former', at)
    if ((await move(db, 'next', 'current', at)) === 0n)
      throw new Failure('conflict', 'There is no next root.')
  },
})

async function move(db: Db, from: RootRecord['stage'], to: RootRecord['stage'], at: string) {
  const { numUpdatedRows } = await db
    .updateTable('authority_root')
    .set({ stage: to, stage_since: at })
    .where('stage', '=', from)
    .executeTakeFirstOrThrow()
  return numUpdatedRows
}
