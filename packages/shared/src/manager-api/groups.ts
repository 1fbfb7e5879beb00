import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { Account } from '../account.ts'
import { Group, GroupDescription, GroupName } from '../group.ts'
import { flag, Page, Paging } from '../page.ts'

export const groupApi = {
  listGroups: {
    route: 'GET /groups',
    summary: 'Groups of hosts, by name',
    access: 'group:read',
    input: z.strictObject({ ...Paging }),
    output: z.object({ groups: z.array(Group), ...Page }),
  },

  createGroup: {
    route: 'POST /groups',
    summary: 'Make a group',
    access: 'group:write',
    status: 201,
    input: z.strictObject({ name: GroupName, description: GroupDescription.default('') }),
    output: Group,
    failures: ['conflict'],
  },

  getGroup: {
    route: 'GET /groups/:id',
    summary: 'One group, with how many hosts are in it and how many people take care of them',
    access: 'group:read',
    input: z.strictObject({ id: z.uuid() }),
    output: Group,
    failures: ['not_found'],
  },

  changeGroup: {
    route: 'PUT /groups/:id',
    summary: 'Give a group another name or description; what is left out stays',
    access: 'group:write',
    input: z.strictObject({
      id: z.uuid(),
      name: GroupName.optional(),
      description: GroupDescription.optional(),
    }),
    output: Group,
    failures: ['not_found', 'conflict'],
  },

  removeGroup: {
    route: 'DELETE /groups/:id',
    summary:
      'Remove a group. Hosts that are in no other group are then seen by everybody: if there are any, or join codes for such hosts, it takes `force`',
    access: 'group:delete',
    status: 204,
    input: z.strictObject({ id: z.uuid(), force: flag.default(false) }),
    output: z.void(),
    failures: ['not_found', 'blocked_by_dependencies'],
  },

  listGroupUsers: {
    route: 'GET /groups/:id/users',
    summary: 'Who takes care of the hosts of a group, by name',
    access: 'user:read',
    input: z.strictObject({ id: z.uuid(), ...Paging }),
    output: z.object({ users: z.array(Account), ...Page }),
    failures: ['not_found'],
  },

  addUserToGroup: {
    route: 'POST /groups/:id/users/:user_id',
    summary: 'Let a user take care of the hosts of a group; if he does already, nothing changes',
    access: 'user:write',
    status: 204,
    input: z.strictObject({ id: z.uuid(), user_id: z.uuid() }),
    output: z.void(),
    failures: ['not_found'],
  },

  removeUserFromGroup: {
    route: 'DELETE /groups/:id/users/:user_id',
    summary:
      'Let a user no longer take care of the hosts of a group; if he does not, nothing changes',
    access: 'user:write',
    status: 204,
    input: z.strictObject({ id: z.uuid(), user_id: z.uuid() }),
    output: z.void(),
    failures: ['not_found'],
  },

  addHostToGroup: {
    route: 'POST /hosts/:id/groups',
    summary:
      'Put a host into a group; if it is in it already, nothing changes. Who sees only the hosts of his groups can move a host among these groups only',
    access: 'group:assign',
    status: 204,
    input: z.strictObject({ id: z.uuid(), group_id: z.uuid() }),
    output: z.void(),
    failures: ['not_found', 'forbidden_scope'],
  },

  removeHostFromGroup: {
    route: 'DELETE /hosts/:id/groups/:group_id',
    summary:
      'Take a host out of a group; if it is not in it, nothing changes. Who sees only the hosts of his groups has to leave it in one of these groups',
    access: 'group:assign',
    status: 204,
    input: z.strictObject({ id: z.uuid(), group_id: z.uuid() }),
    output: z.void(),
    failures: ['not_found', 'forbidden_scope'],
  },
} as const satisfies Contract
