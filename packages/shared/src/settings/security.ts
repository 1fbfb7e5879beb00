import { z } from 'zod'
import { RoleName } from '../role.ts'

const whole = (least: number, most: number) => z.number().int().min(least).max(most)

/** How people prove who they are, and for how long that holds. */
export const security = {
  /** Whoever has one of these gives a second factor. */
  mfa_required_roles: z.array(RoleName).max(100),
  /** Whether that goes for those as well whom single sign-on lets in, whatever they have shown there. */
  mfa_for_sso: z.boolean(),
  /** How long after giving a password or code somebody may do what is dangerous. */
  step_up_minutes: whole(1, 8 * 60),
  session_hours: whole(1, 30 * 24),
  /** How many wrong passwords in a row lock an account, and for how long. */
  lockout_attempts: whole(3, 100),
  lockout_minutes: whole(1, 24 * 60),
  password_min_length: whole(8, 128),
}

export const securityDefaults = {
  mfa_required_roles: [],
  mfa_for_sso: false,
  step_up_minutes: 30,
  session_hours: 12,
  lockout_attempts: 10,
  lockout_minutes: 15,
  password_min_length: 12,
}

/** For how long it is kept what was done; null: for ever. */
export const audit = { retention_days: whole(30, 3650).nullable() }
export const auditDefaults = { retention_days: 365 }
