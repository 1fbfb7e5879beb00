import { z } from 'zod'
import { Account, AccountFacts, MadePassword, Username } from '../account.ts'
import type { Contract } from '../contract.ts'
import { flag, Page, Paging } from '../page.ts'
import { RoleName } from '../role.ts'
import { PasswordText, Provider } from '../user.ts'

export const userApi = {
  listUsers: {
    route: 'GET /users',
    summary: 'Users, by name',
    access: 'user:read',
    input: z.strictObject({
      ...Paging,
      /** A part of the name, the display name or the address. */
      search: z.string().max(200).optional(),
      role: RoleName.optional(),
      is_active: flag.optional(),
    }),
    output: z.object({ users: z.array(Account), ...Page }),
  },

  createUser: {
    route: 'POST /users',
    summary:
      'Make a user. Without `password` the manager makes one and shows it in this answer only; either has to be changed at the first sign-in',
    access: 'user:write',
    besides: () => 'role:assign',
    status: 201,
    input: z.strictObject({
      username: Username,
      display_name: AccountFacts.display_name.default(''),
      email: AccountFacts.email.default(null),
      role: AccountFacts.role,
      group_ids: AccountFacts.group_ids.default([]),
      /** One of `oidc` has no password here. */
      provider: Provider.default('local'),
      password: PasswordText.optional(),
    }),
    output: Account.extend(MadePassword).meta({ id: 'AccountMade' }),
    failures: ['not_found', 'conflict'],
  },

  getUser: {
    route: 'GET /users/:id',
    summary: 'One user',
    access: 'user:read',
    input: z.strictObject({ id: z.uuid() }),
    output: Account,
    failures: ['not_found'],
  },

  changeUser: {
    route: 'PUT /users/:id',
    summary:
      'Change the display name, address, role or groups of a user, or whether he may sign in; what is left out stays',
    access: 'user:write',
    besides: ({ role }: { role?: string }) => (role === undefined ? null : 'role:assign'),
    input: z.strictObject({
      id: z.uuid(),
      display_name: AccountFacts.display_name.optional(),
      email: AccountFacts.email.optional(),
      role: AccountFacts.role.optional(),
      group_ids: AccountFacts.group_ids.optional(),
      is_active: z.boolean().optional(),
    }),
    output: Account,
    failures: ['not_found', 'conflict'],
  },

  removeUser: {
    route: 'DELETE /users/:id',
    summary: 'Remove a user with his sessions and tokens; his name stays on what he did',
    access: 'user:write',
    status: 204,
    input: z.strictObject({ id: z.uuid() }),
    output: z.void(),
    failures: ['not_found', 'conflict'],
  },

  resetPassword: {
    route: 'PUT /users/:id/password',
    summary:
      'Give a user a new password, which he has to change at the next sign-in; all his sessions end, and so does a lock. Without `password` the manager makes one and shows it in this answer only',
    access: 'user:reset_password',
    input: z.strictObject({ id: z.uuid(), password: PasswordText.optional() }),
    output: z.object(MadePassword),
    failures: ['not_found', 'conflict'],
  },

  revokeSessions: {
    route: 'POST /users/:id/revoke',
    summary: 'End all sessions of a user; with `tokens` his API tokens are revoked as well',
    access: 'user:revoke_sessions',
    status: 204,
    input: z.strictObject({ id: z.uuid(), tokens: z.boolean().default(false) }),
    output: z.void(),
    failures: ['not_found'],
  },
} as const satisfies Contract
