import { z } from 'zod'
import { permissions } from './permissions.ts'

export const Provider = z.enum(['local', 'oidc']).meta({ id: 'Provider' })

/** A person, as he sees himself. */
export const User = z
  .object({
    id: z.uuid(),
    username: z.string(),
    display_name: z.string(),
    email: z.string().nullable(),
    /** `admin`, `operator`, `auditor`, `viewer`, or one that was made here. */
    role: z.string(),
    /** Where he proves who he is: here, by a password, or at the other system that SSO asks. */
    provider: Provider,
    /** What that lets him do. */
    permissions: z.array(z.enum(permissions)),
    /** Whether he sees only the hosts of his groups and of none. */
    scoped: z.boolean(),
    /** Until it is changed, nothing but changing it is allowed. */
    password_reset_required: z.boolean(),
    /** Whether a sign-in takes a code besides the password. */
    mfa_enabled: z.boolean(),
    /** Until he has a second factor, nothing but setting it up is allowed. */
    mfa_setup_required: z.boolean(),
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** A sign-in that goes on, until it is ended or has lasted as long as it may. */
export const Session = z
  .object({
    id: z.uuid(),
    /** The one that asks. */
    is_current: z.boolean(),
    /** Where it was opened from. */
    ip: z.string(),
    /** What the browser or program said that it is. */
    user_agent: z.string(),
    created_at: z.iso.datetime(),
    /** When it last took new tokens: about every quarter of an hour while it is in use. */
    last_used_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'Session' })

export const Credentials = z.strictObject({
  username: z.string().min(1).max(100),
  password: z.string().min(1).max(1000),
})

/** The settings may ask for more than this, and what is easy to guess is refused. */
export const PasswordText = z.string().min(8, 'must have at least 8 characters').max(1000)

export const NewPassword = z.strictObject({
  current_password: z.string().min(1).max(1000),
  new_password: PasswordText,
})

export const Tokens = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('Bearer'),
    /** Seconds that the access token lives. */
    expires_in: z.number().int(),
    user: User,
  })
  .meta({ id: 'Tokens' })
export type Tokens = z.infer<typeof Tokens>
