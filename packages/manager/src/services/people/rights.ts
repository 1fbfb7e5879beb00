import { isEverywhere, type Permission, type RoleRights } from '@linux-patch/shared/permissions'
import type { User } from '@linux-patch/shared/user'
import type { Stores } from '../../db/open.ts'
import type { Scope } from '../../db/scope.ts'
import type { UserRecord } from '../../db/people/users.ts'
import { lacksSecondFactor, type SecondFactorRules } from '../sign-in/second-factor-policy.ts'

/** Who somebody is, and what he may do where, as of now. */
export type Rights = {
  user: User
  permissions: ReadonlySet<Permission>
  scope: Scope
  /** Goes up whenever what he was given before must stop to count. */
  epoch: number
}

/** The rights of a user by his role, his groups and the settings, as they are now. */
export async function rightsOf(
  { roles, groups, settings }: Pick<Stores, 'roles' | 'groups' | 'settings'>,
  record: UserRecord,
): Promise<Rights> {
  const role = await roles.rightsOf(record.role)
  const group_ids = role.scoped ? await groups.idsOf(record.id) : []
  return rightsIn(record, { role, group_ids, rules: (await settings.get('security')).values })
}

type Known = { role: RoleRights; group_ids: string[]; rules: SecondFactorRules }

/** The same where his role, his groups and the settings are known. */
export function rightsIn(
  record: UserRecord,
  { role: { permissions, scoped }, group_ids, rules }: Known,
): Rights {
  const { id, username, display_name, email, role, provider, mfa_enabled, epoch } = record
  return {
    user: {
      id,
      username,
      display_name,
      email,
      role,
      provider,
      permissions: [...permissions],
      scoped,
      password_reset_required: record.must_change_password,
      mfa_enabled,
      mfa_setup_required: lacksSecondFactor(record, rules),
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
