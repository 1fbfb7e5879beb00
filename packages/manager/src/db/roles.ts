import { rightsOfBuiltIn, withOwn, type Rights } from '@linux-patch/shared/permissions'
import type { Db } from './schema.ts'

export type Roles = ReturnType<typeof roleStore>

export const roleStore = (db: Db) => ({
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
})
