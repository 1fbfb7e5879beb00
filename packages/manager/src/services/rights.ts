import {
  isEverywhere,
  type Permission,
  type Rights as RoleRights,
} from '@linux-patch/shared/permissions'
import type { User } from '@linux-patch/shared/user'
import type { Stores } from '../db/open.ts'
import type { Scope } from '../db/scope.ts'
import type { UserRecord } from '../db/users.ts'

/** Who somebody is, and what he may do where, as of now. */
export type Rights = {
  user: User
  permissions: ReadonlySet<Permission>
  scope: Scope
  /** Goes up whenever what he was given before must stop to count. */
  epoch: number
}

export async function rightsOf(
  { roles, groups }: Pick<Stores, 'roles' | 'groups'>,
  record: UserRecord,
): Promise<Rights> {
  const role = await roles.rightsOf(record.role)
  return rightsIn(record, role, role.scoped ? await groups.idsOf(record.id) : [])
}

/** The same where his role and his groups are known. */
export function rightsIn(
  record: UserRecord,
  { permissions, scoped }: RoleRights,
  group_ids: string[],
): Rights {
  const { id, username, display_name, email, role, must_change_password, mfa_enabled, epoch } =
    record
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
    scope: scoped ? { group_ids, ungrouped: true } : 'all',
    epoch,
  }
}

/** Whether somebody has a permission, and can use it: some reach past what he sees. */
export const mayDo = (
  { permissions, scope }: Pick<Rights, 'permissions' | 'scope'>,
  permission: Permission,
): boolean => permissions.has(permission) && (scope === 'all' || !isEverywhere(permission))
