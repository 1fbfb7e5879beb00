import { Failure } from '@linux-patch/shared/failure'
import type { Group } from '@linux-patch/shared/group'
import type { Paging } from '@linux-patch/shared/page'
import { sql } from 'kysely'
import { newId } from '../id.ts'
import { membershipStore } from './group-members.ts'
import { lockedIn } from '../locked-in.ts'
import { isTaken } from '../lost-race.ts'
import type { Db, Engine, Row } from '../schema.ts'
import { isOwnGroup, type Scope } from '../scope.ts'

export type Groups = ReturnType<typeof groupStore>

export const groupStore = (db: Db, engine: Engine) => ({
  ...membershipStore(db, engine),

  async add(group: Omit<Row<'host_group'>, 'id'>): Promise<Group> {
    const row = await db
      .insertInto('host_group')
      .values({ ...group, id: newId() })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row) return { ...row, host_count: 0, user_count: 0 }
    throw nameTaken(group.name)
  },

  /** Whoever sees only the hosts of his groups sees only these. */
  async list({
    scope,
    limit,
    offset,
  }: Paging & { scope: Scope }): Promise<{ groups: Group[]; total: number }> {
    const groups = await db
      .selectFrom('host_group')
      .selectAll()
      .select([hostCount, userCount])
      .where(isOwnGroup(scope, 'host_group.id'))
      .orderBy(sql`lower(name)`)
      .limit(limit)
      .offset(offset)
      .execute()
    const { total } = await db
      .selectFrom('host_group')
      .select((of) => of.fn.countAll<number>().as('total'))
      .where(isOwnGroup(scope, 'host_group.id'))
      .executeTakeFirstOrThrow()
    return { groups, total }
  },

  async get(id: string, scope: Scope): Promise<Group> {
    const row = await db
      .selectFrom('host_group')
      .selectAll()
      .select([hostCount, userCount])
      .where('id', '=', id)
      .where(isOwnGroup(scope, 'host_group.id'))
      .executeTakeFirst()
    if (row) return row
    throw noSuchGroups([id])
  },

  /** Throws where the scope does not hold all of them. Nothing goes in or out until the transaction ends. */
  async hold(ids: readonly string[], scope: Scope): Promise<void> {
    const held = new Set(await holdKnown(db, engine, { ids, scope }))
    const missing = ids.filter((id) => !held.has(id))
    if (missing.length > 0) throw noSuchGroups(missing)
  },

  /** The same of those that are still there. Answers which. */
  holdKnown: (ids: readonly string[]): Promise<string[]> =>
    holdKnown(db, engine, { ids, scope: 'all' }),

  async change(id: string, facts: Pick<Group, 'name' | 'description'>): Promise<void> {
    try {
      await db.updateTable('host_group').set(facts).where('id', '=', id).execute()
    } catch (cause) {
      throw isTaken(cause) ? nameTaken(facts.name, { cause }) : cause
    }
  },

  async remove(id: string): Promise<void> {
    await db.deleteFrom('host_group').where('id', '=', id).execute()
  },
})

/** In the order of their ids, in which everybody takes them who takes several. */
async function holdKnown(
  db: Db,
  engine: Engine,
  { ids, scope }: { ids: readonly string[]; scope: Scope },
): Promise<string[]> {
  if (ids.length === 0) return []
  const groups = db
    .selectFrom('host_group')
    .select('id')
    .where('id', 'in', ids)
    .where(isOwnGroup(scope, 'host_group.id'))
    .orderBy('id')
  return (await lockedIn(engine)(groups).execute()).map(({ id }) => id)
}

const noSuchGroups = (ids: string[]) =>
  new Failure('not_found', `There is no such group: ${ids.join(', ')}.`)

const nameTaken = (name: string, options?: ErrorOptions) =>
  new Failure('conflict', `There is already a group called ${name}.`, options)

const hostCount = sql<number>`(
  select count(*) from host_group_member join host on host.id = host_group_member.host_id
  where host_group_member.group_id = host_group.id and host.retired_at is null
)`.as('host_count')

const userCount = sql<number>`(
  select count(*) from host_group_user where host_group_user.group_id = host_group.id
)`.as('user_count')
