import type { Oidc } from '@linux-patch/shared/settings'
import type { Identity } from '../../oidc/claims.ts'
import { SsoProblem } from '../../oidc/problem.ts'

export type RoleRules = Pick<Oidc, 'role_by_group' | 'default_role'>

/** The role that somebody's groups give him: that of the first rule that names one of them, or what everybody has. */
export function roleFrom(
  groups: Identity['groups'],
  { role_by_group, default_role }: RoleRules,
): string {
  const rules = Object.entries(role_by_group)
  // Not known is not none: one who cannot be told from an administrator must not become a viewer either.
  if (groups === 'unknown' && rules.length > 0) throw new SsoProblem('groups_unknown')
  const rule = rules.find(([group]) => groups.includes(group))
  const role = rule?.[1] ?? default_role
  if (role === null) throw new SsoProblem('no_role')
  return role
}

/** Where no group gives a role, the provider has no say in them: what an administrator gave somebody stays. */
export const decidesRoles = ({ role_by_group }: RoleRules) => Object.keys(role_by_group).length > 0
