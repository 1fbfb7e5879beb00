import type { Account } from '@linux-patch/shared/account'
import { Failure } from '@linux-patch/shared/failure'
import type { GroupReference } from '@linux-patch/shared/group'
import type { Paging } from '@linux-patch/shared/page'
import { sql } from 'kysely'
import { contains } from '../contains.ts'
import { flag } from '../flag.ts'
import { lockedIn } from '../locked-in.ts'
import { isTaken } from '../lost-race.ts'
import type { Db, Engine, Row } from '../schema.ts'
import { noSuchUser } from './users.ts'

/** An account without what it takes the clock to say. */
export type AccountRecord = Omit<Account, 'locked_until'>
type AccountSelection = Paging & {
  search?: string | undefined
  role?: string | undefined
  is_active?: boolean | undefined
  group_id?: string | undefined
}
/** What is left out, or undefined, stays as it is. */
type AccountChanges = {
  [Name in 'display_name' | 'email' | 'role' | 'is_active']?: Account[Name] | undefined
}

/** Users, as those need them who look after users. */
export const accountStore = (db: Db, engine: Engine) => ({
  async get(id: string): Promise<AccountRecord> {
    const rows = await db.selectFrom('user').select(columns).where('id', '=', id).execute()
    const [account] = await withGroups(db, rows)
    if (account) return account
    throw noSuchUser()
  },

  async list({ limit, offset, ...filter }: AccountSelection) {
    const rows = await chosen(db, filter)
      .select(columns)
      .orderBy(sql`lower(username)`)
      .limit(limit)
      .offset(offset)
      .execute()
    const { total } = await chosen(db, filter)
      .select((of) => of.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    return { users: await withGroups(db, rows), total }
  },

  /**
   * Ids of the administrators who can come in by a password. They stay so until the transaction ends: whoever changes
   * that waits here first. On PostgreSQL for one lock, not for their rows: a row that stopped to be one of them while
   * somebody waited for it stays locked by him, and another may want it who has the rest.
   */
  async lockAdministrators(): Promise<string[]> {
    if (engine === 'postgres') await sql`select pg_advisory_xact_lock(7081721)`.execute(db)
    const rows = await db
      .selectFrom('user')
      .select('id')
      .where('role', '=', 'admin')
      .where('is_active', '=', 1)
      .where('provider', '=', 'local')
      .where('password_hash', '<>', '')
      .orderBy('id')
      .execute()
    return rows.map(({ id }) => id)
  },

  async change(id: string, { is_active, ...changes }: AccountChanges): Promise<void> {
    const active = is_active === undefined ? {} : { is_active: flag(is_active) }
    try {
      await db
        .updateTable('user')
        // An update of nothing is no SQL.
        .set((of) => ({ epoch: of.ref('epoch'), ...changes, ...active }))
        .where('id', '=', id)
        .execute()
    } catch (cause) {
      throw isTaken(cause) ? emailTaken({ cause }) : cause
    }
  },

  /** In the place of those that there were. */
  async setGroups(user_id: string, group_ids: string[]): Promise<void> {
    await db.deleteFrom('host_group_user').where('user_id', '=', user_id).execute()
    if (group_ids.length === 0) return
    await db
      .insertInto('host_group_user')
      .values([...new Set(group_ids)].map((group_id) => ({ group_id, user_id })))
      .execute()
  },

  /** They stay until the transaction ends. In the order of their ids, so that nobody waits for who waits for him. */
  async hold(ids: string[]): Promise<void> {
    if (ids.length === 0) return
    const users = db.selectFrom('user').select('id').where('id', 'in', ids).orderBy('id')
    await lockedIn(engine)(users).execute()
  },

  /** No access token that they have counts any longer. Several are held before. */
  async raiseEpoch(ids: string[]): Promise<void> {
    if (ids.length === 0) return
    await db
      .updateTable('user')
      .set((of) => ({ epoch: of('epoch', '+', 1) }))
      .where('id', 'in', ids)
      .execute()
  },

  /** One that somebody else chose, and that has to be changed. */
  async givePassword(id: string, password_hash: string): Promise<void> {
    await db
      .updateTable('user')
      .set({ password_hash, must_change_password: 1 })
      .where('id', '=', id)
      .execute()
  },

  /** What names him by his id goes on to find his name. */
  async remove({ id, username }: Pick<Account, 'id' | 'username'>, left_at: string): Promise<void> {
    await db.insertInto('former_user').values({ id, username, left_at }).execute()
    await db.deleteFrom('user').where('id', '=', id).execute()
  },
})

const columns = [
  'id',
  'username',
  'display_name',
  'email',
  'role',
  'is_active',
  'provider',
  'must_change_password',
  'mfa_enabled',
  'created_at',
  'last_sign_in_at',
] as const
type Chosen = Pick<Row<'user'>, (typeof columns)[number]>

function chosen(
  db: Db,
  { search = '', role, is_active, group_id }: Omit<AccountSelection, keyof Paging>,
) {
  return db
    .selectFrom('user')
    .$if(role !== undefined, (query) => query.where('role', '=', role!))
    .$if(is_active !== undefined, (query) => query.where('is_active', '=', flag(is_active!)))
    .$if(group_id !== undefined, (query) =>
      query.where('id', 'in', (of) =>
        of.selectFrom('host_group_user').select('user_id').where('group_id', '=', group_id!),
      ),
    )
    .$if(search !== '', (query) =>
      query.where((of) =>
        of.or(['username', 'display_name', 'email'].map((column) => contains(column, search))),
      ),
    )
}

async function withGroups(db: Db, rows: Chosen[]): Promise<AccountRecord[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const memberships = await db
    .selectFrom('host_group_user')
    .innerJoin('host_group', 'host_group.id', 'host_group_user.group_id')
    .select(['user_id', 'host_group.id', 'host_group.name'])
    .where('user_id', 'in', ids)
    .orderBy(sql`lower(host_group.name)`)
    .execute()
  const groups = Map.groupBy(memberships, ({ user_id }) => user_id)
  return rows.map((row) => toAccount(row, groups.get(row.id) ?? []))
}

const toAccount = (
  { is_active, must_change_password, mfa_enabled, ...row }: Chosen,
  groups: GroupReference[],
): AccountRecord => ({
  ...row,
  is_active: is_active === 1,
  mfa_enabled: mfa_enabled === 1,
  password_reset_required: must_change_password === 1,
  groups: groups.map(({ id, name }) => ({ id, name })),
})

const emailTaken = (options?: ErrorOptions) =>
  new Failure('conflict', 'Another user has this address already.', options)
