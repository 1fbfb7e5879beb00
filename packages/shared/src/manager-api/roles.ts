import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { Permission, Role, RoleFacts, RoleName } from '../role.ts'

const name = { name: RoleName }

export const roleApi = {
  listRoles: {
    route: 'GET /roles',
    summary: 'All roles, the built-in ones first, and all permissions that there are',
    access: 'role:read',
    input: z.strictObject({}),
    output: z.object({
      roles: z.array(Role),
      permissions: z.array(
        z.object({
          name: Permission,
          /** Asks for a password or a code that was given a short while ago. */
          dangerous: z.boolean(),
          /** Not for a role that is good on the hosts of some groups. */
          everywhere: z.boolean(),
          /** Everybody has it, in any role. */
          own: z.boolean(),
          /** An API token may have it. */
          for_tokens: z.boolean(),
        }),
      ),
    }),
  },

  createRole: {
    route: 'POST /roles',
    summary: 'Make a role out of permissions that you have yourself',
    access: 'role:write',
    status: 201,
    input: z.strictObject({
      ...name,
      description: RoleFacts.description.default(''),
      permissions: RoleFacts.permissions,
      scoped: RoleFacts.scoped,
    }),
    output: Role,
    failures: ['conflict'],
  },

  changeRole: {
    route: 'PUT /roles/:name',
    summary: 'Change a role that was made here, for all who have it; what is left out stays',
    access: 'role:write',
    input: z.strictObject({
      ...name,
      description: RoleFacts.description.optional(),
      permissions: RoleFacts.permissions.optional(),
      scoped: RoleFacts.scoped.optional(),
    }),
    output: Role,
    failures: ['not_found', 'conflict'],
  },

  removeRole: {
    route: 'DELETE /roles/:name',
    summary: 'Remove a role that was made here and that nobody has',
    access: 'role:write',
    status: 204,
    input: z.strictObject(name),
    output: z.void(),
    failures: ['not_found', 'conflict', 'blocked_by_dependencies'],
  },
} as const satisfies Contract
