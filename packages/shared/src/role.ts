import { z } from 'zod'
import { permissions } from './permissions.ts'

/** It names the role in users, settings and records, and never changes. */
export const RoleName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,49}$/,
    'must be small letters, digits and hyphens, and begin with a letter',
  )

export const Permission = z.enum(permissions).meta({ id: 'Permission' })

export const Role = z
  .object({
    name: z.string(),
    description: z.string(),
    permissions: z.array(Permission),
    /** True: on the hosts of its holder's groups and those in no group. False: on all hosts. */
    scoped: z.boolean(),
    /** It is always there, and cannot be changed. */
    built_in: z.boolean(),
    user_count: z.number().int(),
  })
  .meta({ id: 'Role' })
export type Role = z.infer<typeof Role>

/** What is decided about a role that is made here. Everybody has `self:…` in any role. */
export const RoleFacts = {
  description: z.string().max(500),
  permissions: z.array(Permission).max(permissions.length),
  scoped: z.boolean(),
}
