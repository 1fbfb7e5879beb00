import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { Group, GroupName } from '../group.ts'
import { Page, Paging } from '../page.ts'

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
    input: z.strictObject({ name: GroupName, description: z.string().max(500).default('') }),
    output: Group,
    failures: ['conflict'],
  },

  addHostToGroup: {
    route: 'POST /hosts/:id/groups',
    summary: 'Put a host into a group; one that is in it stays',
    access: 'group:assign',
    status: 204,
    input: z.strictObject({ id: z.uuid(), group_id: z.uuid() }),
    output: z.void(),
    failures: ['not_found'],
  },

  removeHostFromGroup: {
    route: 'DELETE /hosts/:id/groups/:group_id',
    summary: 'Take a host out of a group; one that is not in it stays out',
    access: 'group:assign',
    status: 204,
    input: z.strictObject({ id: z.uuid(), group_id: z.uuid() }),
    output: z.void(),
    failures: ['not_found'],
  },
} as const satisfies Contract
