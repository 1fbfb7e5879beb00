import type { Security } from '@linux-patch/shared/settings'
import type { UserRecord } from '../../db/people/users.ts'

/** What the settings say of second factors. */
export type SecondFactorRules = Pick<Security, 'mfa_required_roles' | 'mfa_for_sso'>
/** How somebody showed who he is; the last thing that he showed, where it took two. */
export type Way = 'password' | 'code' | 'recovery_code' | 'oidc'

/**
 * Whether somebody has to have a second factor. Whom another system lets in has shown his own there, and that is
 * enough unless the settings say otherwise.
 */
export const wantsSecondFactor = (
  { role, provider }: UserRecord,
  { mfa_required_roles, mfa_for_sso }: SecondFactorRules,
): boolean => mfa_required_roles.includes(role) && (provider === 'local' || mfa_for_sso)

/** Whether he has none yet: until he has, he may do nothing but set it up. */
export const lacksSecondFactor = (user: UserRecord, rules: SecondFactorRules): boolean =>
  !user.mfa_enabled && wantsSecondFactor(user, rules)

/** Whether a sign-in that came this way takes a code as well. */
export function takesCode(
  { mfa_enabled }: UserRecord,
  way: Way,
  { mfa_for_sso }: SecondFactorRules,
): boolean {
  if (!mfa_enabled) return false
  return way === 'password' || (way === 'oidc' && mfa_for_sso)
}
