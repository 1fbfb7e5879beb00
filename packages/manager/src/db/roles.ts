import { Failure } from '@linux-patch/shared/failure'
import { rightsOfBuiltIn, withOwn, type Rights } from '@linux-patch/shared/permissions'
import { lockedIn } from './locked-in.ts'
import type { Db, Engine } from './schema.ts'

export type Roles = ReturnType<typeof roleStore>

export const roleStore = (db: Db, engine: Engine) => ({
  /** Of a role that there always is, or that was made here. Throws where there is none of that name. */
  async rightsOf(name: string): Promise<Rights> {
    const builtIn = rightsOfBuiltIn(name)
    if (builtIn) return builtIn
    const { permissions, scoped } = await db
      .selectFrom('role')
      .select(['permissions', 'scoped'])
      .where('name', '=', name)
      .executeTakeFirstOrThrow()
    return withOwn({ permissions: JSON.parse(permissions), scoped: scoped === 1 })
  },

  /** The rights of those of these roles that there are. */
  async rightsOfThese(names: string[]): Promise<Map<string, Rights>> {
    const rights = new Map<string, Rights>()
    for (const name of names) {
      const builtIn = rightsOfBuiltIn(name)
      if (builtIn) rights.set(name, builtIn)
    }
    const others = names.filter((name) => !rights.has(name))
    if (others.length === 0) return rights
    const rows = await db.selectFrom('role').selectAll().where('name', 'in', others).execute()
    for (const { name, permissions, scoped } of rows)
      rights.set(name, withOwn({ permissions: JSON.parse(permissions), scoped: scoped === 1 }))
    return rights
  },

  /** Throws where there is none of that name. It stays until the transaction ends. */
  async hold(name: string): Promise<void> {
    if (rightsOfBuiltIn(name)) return
    const query = db.selectFrom('role').select('name').where('name', '=', name)
    const row = await lockedIn(engine)(query).executeTakeFirst()
    if (!row) throw new Failure('not_found', `There is no role called ${name}.`)
  },
})
