import { Failure } from '@linux-patch/shared/failure'
import {
  isEverywhere,
  isOwn,
  type Permission,
  type RoleRights,
} from '@linux-patch/shared/permissions'
import type { Scope } from '../../db/scope.ts'

/** What somebody may do, and on which hosts. */
type Reach = { permissions: ReadonlySet<Permission>; scope: Scope }

/** What a role lets everybody do who has it, whatever his groups. */
export const reachOf = ({ permissions, scoped }: RoleRights): Reach => ({
  permissions: new Set(permissions),
  scope: scoped ? { group_ids: [], ungrouped: true } : 'all',
})

/**
 * Throws `forbidden_role` where `other` has more than `own`: nobody gives others rights that he does not have, or changes
 * somebody who has more, for that would be a way to get them. The message begins with `whose`: `The token would have`.
 */
export function refuseBeyond(own: Reach, other: Reach, whose: string): void {
  const permissions = [...other.permissions].filter(
    (permission) => !isOwn(permission) && !own.permissions.has(permission),
  )
  const isWider = !covers(own.scope, other.scope)
  if (permissions.length === 0 && !isWider) return
  const more = [...permissions, ...(isWider ? ['hosts that you do not see'] : [])].join(', ')
  throw new Failure('forbidden_role', `${whose} more rights than you have: ${more}.`, {
    details: { reason: 'beyond_own_rights', permissions, is_wider: isWider },
  })
}

/**
 * Throws `invalid_request` where one of these is about more than the hosts of groups: whoever is limited to groups could
 * never use it. The message begins with `whose`: `A role for the hosts of some groups`.
 */
export function refuseEverywhere(permissions: readonly Permission[], whose: string): void {
  const useless = permissions.filter(isEverywhere)
  if (useless.length === 0) return
  throw new Failure(
    'invalid_request',
    `${whose} cannot have permissions that reach further: ${useless.join(', ')}.`,
    { details: { reason: 'everywhere', permissions: useless } },
  )
}

/** Whether every host of the second scope lies in the first, whatever groups the hosts are in. */
export function covers(own: Scope, other: Scope): boolean {
  if (own === 'all') return true
  if (other === 'all') return false
  const hasGroups = other.group_ids.every((id) => own.group_ids.includes(id))
  return hasGroups && (own.ungrouped || !other.ungrouped)
}
