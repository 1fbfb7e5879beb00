import { Failure } from '@linux-patch/shared/failure'
import { sql } from 'kysely'
import { newId } from '../id.ts'
import { flag } from '../flag.ts'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine, Row } from '../schema.ts'
import { comparedName } from './user-name.ts'

export type Users = ReturnType<typeof userStore>
export type UserRecord = Omit<Row<'user'>, 'must_change_password' | 'is_active' | 'mfa_enabled'> & {
  must_change_password: boolean
  mfa_enabled: boolean
  is_active: boolean
}
export type NewUser = Pick<
  UserRecord,
  'username' | 'password_hash' | 'role' | 'must_change_password'
> & { created_at: string } & Partial<
    Pick<UserRecord, 'display_name' | 'email' | 'provider' | 'subject'>
  >

export const userStore = (db: Db, engine: Engine) => ({
  async add({ must_change_password, ...user }: NewUser): Promise<UserRecord> {
    const row = await db
      .insertInto('user')
      .values({
        display_name: '',
        provider: 'local',
        ...user,
        id: newId(),
        is_active: 1,
        must_change_password: flag(must_change_password),
        mfa_enabled: 0,
        epoch: 0,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row) return toUser(row)
    throw await alreadyThere(db, user)
  },

  async find(username: string): Promise<UserRecord | undefined> {
    const row = await findUser(db, username)
    return row && toUser(row)
  },

  async get(id: string): Promise<UserRecord> {
    const row = await db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw noSuchUser()
    return toUser(row)
  },

  /** Throws where there is none. He stays, and stays as he is, until the transaction ends. */
  async hold(id: string): Promise<UserRecord> {
    const query = db.selectFrom('user').selectAll().where('id', '=', id)
    const row = await lockedIn(engine)(query).executeTakeFirst()
    if (!row) throw noSuchUser()
    return toUser(row)
  },

  async count(): Promise<number> {
    const { count } = await db
      .selectFrom('user')
      .select((of) => of.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return count
  },

  /** The new password is the user's own choice, and no token made before it counts any longer. */
  async setPassword(id: string, password_hash: string): Promise<UserRecord> {
    const row = await db
      .updateTable('user')
      .set((of) => ({ password_hash, must_change_password: 0, epoch: of('epoch', '+', 1) }))
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (!row) throw noSuchUser()
    return toUser(row)
  },

  /** False where he may not sign in any more as who he was: disabled, or changed since. */
  async setSignedIn(
    { id, epoch, mfa_enabled }: UserRecord,
    last_sign_in_at: string,
  ): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('user')
      .set({ last_sign_in_at })
      .where('id', '=', id)
      .where('epoch', '=', epoch)
      .where('mfa_enabled', '=', flag(mfa_enabled))
      .where('is_active', '=', 1)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },
})

export const noSuchUser = () => new Failure('not_found', 'There is no such user.')

async function alreadyThere(db: Db, { username, email }: Pick<NewUser, 'username' | 'email'>) {
  const named = await findUser(db, username)
  return new Failure(
    'conflict',
    named
      ? `There is already a user called ${username}.`
      : `There is already a user with the address ${email}.`,
  )
}

const findUser = (db: Db, username: string) =>
  db
    .selectFrom('user')
    .selectAll()
    // Of those that there are the letters are plain ones, which all databases lower alike.
    .where(sql`lower(username)`, '=', comparedName(username))
    .executeTakeFirst()

export const toUser = (row: Row<'user'>): UserRecord => ({
  ...row,
  must_change_password: row.must_change_password === 1,
  mfa_enabled: row.mfa_enabled === 1,
  is_active: row.is_active === 1,
})
