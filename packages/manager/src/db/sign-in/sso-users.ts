import { sql } from 'kysely'
import type { Db } from '../schema.ts'
import { noSuchUser, toUser, type UserRecord } from '../people/users.ts'

/** Users as another system knows them. A `subject` is unique among all systems. */
export const ssoUserStore = (db: Db) => ({
  async findBySubject(subject: string): Promise<UserRecord | undefined> {
    const row = await db
      .selectFrom('user')
      .selectAll()
      .where('subject', '=', subject)
      .executeTakeFirst()
    return row && toUser(row)
  },

  async findByEmail(email: string): Promise<UserRecord | undefined> {
    const row = await db
      .selectFrom('user')
      .selectAll()
      .where(sql`lower(email)`, '=', sql`lower(${email})`)
      .executeTakeFirst()
    return row && toUser(row)
  },

  /** Ties an account to a subject, and leaves its password as it is. False where it is tied to one already. */
  async link(id: string, subject: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('user')
      .set({ subject })
      .where('id', '=', id)
      .where('subject', 'is', null)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  /** What was granted under the role before counts no longer. Throws where the user is not there any more. */
  async setRole(id: string, role: string): Promise<UserRecord> {
    const row = await db
      .updateTable('user')
      .set((of) => ({ role, epoch: of('epoch', '+', 1) }))
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (!row) throw noSuchUser()
    return toUser(row)
  },
})
