import { Failure } from '@linux-patch/shared/failure'
import {
  builtInRoles,
  isPermission,
  rightsOfBuiltIn,
  withOwn,
  type Permission,
  type RoleRights,
} from '@linux-patch/shared/permissions'
import type { Role } from '@linux-patch/shared/role'
import { flag } from '../flag.ts'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine, Row } from '../schema.ts'

export type Roles = ReturnType<typeof roleStore>
export type RoleFacts = Pick<Role, 'description' | 'permissions' | 'scoped'>

export const roleStore = (db: Db, engine: Engine) => ({
  /** Of a built-in role, or of one that was made here. Throws where there is none of that name. */
  async rightsOf(name: string): Promise<RoleRights> {
    const builtIn = rightsOfBuiltIn(name)
    if (builtIn) return builtIn
    const row = await db.selectFrom('role').selectAll().where('name', '=', name).executeTakeFirst()
    if (!row) throw noSuchRole(name)
    return withOwn(toFacts(row))
  },

  /** The rights of these roles by name; a name that no role has is left out. */
  async rightsOfThese(names: string[]): Promise<Map<string, RoleRights>> {
    const rights = new Map<string, RoleRights>()
    for (const name of names) {
      const builtIn = rightsOfBuiltIn(name)
      if (builtIn) rights.set(name, builtIn)
    }
    const others = names.filter((name) => !rights.has(name))
    if (others.length === 0) return rights
    const rows = await db.selectFrom('role').selectAll().where('name', 'in', others).execute()
    for (const row of rows) rights.set(row.name, withOwn(toFacts(row)))
    return rights
  },

  /** Throws where there is none of that name. It stays as it is until the transaction ends. */
  async hold(name: string): Promise<void> {
    if (rightsOfBuiltIn(name)) return
    const query = db.selectFrom('role').select('name').where('name', '=', name)
    const row = await lockedIn(engine)(query).executeTakeFirst()
    if (!row) throw noSuchRole(name)
  },

  /** The built-in ones first, the others by name. */
  async list(): Promise<Role[]> {
    const counts = await userCounts(db)
    const rows = await db.selectFrom('role').selectAll().orderBy('name').execute()
    const made = rows.map((row) => ({ name: row.name, built_in: false, ...toFacts(row) }))
    return [...always, ...made].map((role) => ({ ...role, user_count: counts.get(role.name) ?? 0 }))
  },

  /** `created_at`: of a role that is made here. */
  async add(name: string, facts: RoleFacts, created_at: string): Promise<void> {
    const row = await db
      .insertInto('role')
      .values({ name, ...toColumns(facts), created_at })
      .onConflict((conflict) => conflict.doNothing())
      .returning('name')
      .executeTakeFirst()
    if (!row) throw new Failure('conflict', `There is already a role called ${name}.`)
  },

  async change(name: string, facts: RoleFacts): Promise<void> {
    await db.updateTable('role').set(toColumns(facts)).where('name', '=', name).execute()
  },

  /** Only after `hold`, and where no user has it. */
  async remove(name: string): Promise<void> {
    await db.deleteFrom('role').where('name', '=', name).execute()
  },

  async holdersOf(name: string): Promise<string[]> {
    const query = db.selectFrom('user').select('id').where('role', '=', name).orderBy('id')
    return (await query.execute()).map(({ id }) => id)
  },
})

const noSuchRole = (name: string) => new Failure('not_found', `There is no role called ${name}.`)

const descriptions: Record<keyof typeof builtInRoles, string> = {
  admin: 'Everything, on every host.',
  operator: 'Patches the hosts of his groups, and those of no group.',
  auditor: 'Reads everything and changes nothing.',
  viewer: 'Sees the hosts of his groups, and those of no group, with their jobs.',
}
const always = Object.entries(builtInRoles).map(([name, { permissions, scoped }]) => ({
  name,
  description: descriptions[name as keyof typeof builtInRoles],
  permissions: [...permissions] as Permission[],
  scoped,
  built_in: true,
}))

async function userCounts(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('user')
    .select((of) => ['role', of.fn.countAll<number>().as('count')])
    .groupBy('role')
    .execute()
  return new Map(rows.map(({ role, count }) => [role, count]))
}

/** A permission that only another version knows is left out. */
const toFacts = ({ description, permissions, scoped }: Row<'role'>): RoleFacts => ({
  description,
  permissions: (JSON.parse(permissions) as string[]).filter(isPermission),
  scoped: scoped === 1,
})

const toColumns = ({ description, permissions, scoped }: RoleFacts) => ({
  description,
  permissions: JSON.stringify(permissions),
  scoped: flag(scoped),
})
