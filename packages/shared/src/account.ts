import { z } from 'zod'
import { GroupReference } from './group.ts'
import { RoleName } from './role.ts'
import { Provider } from './user.ts'

/** The name that somebody signs in with, whether in capitals or not. It never changes: records name people by it. */
export const Username = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/,
    'must be letters, digits and . _ @ + - and begin with a letter or a digit',
  )

/** A user, as he is shown to people who look after users. */
export const Account = z
  .object({
    id: z.uuid(),
    username: z.string(),
    display_name: z.string(),
    email: z.string().nullable(),
    role: z.string(),
    /** False: he can do nothing here, but his name stays taken. */
    is_active: z.boolean(),
    /** Where he proves who he is: here, or at the other system that SSO asks. */
    provider: Provider,
    /** The groups whose hosts he takes care of. */
    groups: z.array(GroupReference),
    password_reset_required: z.boolean(),
    /** Whether he has to show a second thing beside his password. */
    mfa_enabled: z.boolean(),
    created_at: z.iso.datetime().nullable().meta({
      description: 'Null where the account was made by a version that did not keep it',
    }),
    last_sign_in_at: z.iso.datetime().nullable(),
    locked_until: z.iso.datetime().nullable().meta({
      description:
        'Until when wrong passwords or codes lock this name, from everywhere or from one address at least: the last of these locks. Null where none holds. That an address is locked with all names is not meant',
    }),
  })
  .meta({ id: 'Account' })
export type Account = z.infer<typeof Account>

/** What others decide about a user. */
export const AccountFacts = {
  display_name: z
    .string()
    .trim()
    .max(100)
    .regex(/^\P{Cc}*$/u, 'must not have control characters'),
  email: z.email().max(254).nullable(),
  role: RoleName,
  group_ids: z.array(z.uuid()).max(1000),
}

/** The password that the manager made for somebody, in this answer only; null where it made none. */
export const MadePassword = { password: z.string().nullable() }
