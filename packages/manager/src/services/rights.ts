import type { Permission } from '@linux-patch/shared/permissions'
import type { User } from '@linux-patch/shared/user'
import type { Stores } from '../db/open.ts'
import type { Scope } from '../db/scope.ts'
import type { UserRecord } from '../db/users.ts'

/** Who somebody is, and what he may do where, as of now. */
export type Rights = { user: User; permissions: ReadonlySet<Permission>; scope: Scope }

export async function rightsOf(
  { roles, groups }: Pick<Stores, 'roles' | 'groups'>,
  record: UserRecord,
): Promise<Rights> {
  const { permissions, scoped } = await roles.rightsOf(record.role)
  const { id, username, display_name, email, role, must_change_password, mfa_enabled } = record
  return {
    user: {
      id,
      username,
      display_name,
      email,
      role,
      permissions: [...permissions],
      scoped,
      password_reset_required: must_change_password,
      mfa_enabled,
    },
    permissions: new Set(permissions),
    scope: scoped ? { group_ids: await groups.idsOf(id), ungrouped: true } : 'all',
  }
}
