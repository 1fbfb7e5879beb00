import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { Host, HostDetail, HostNotes, HostStatus } from '../host.ts'
import { MachineId } from '../enrollment.ts'
import { DnsName } from '../network-names.ts'
import { flag, Order, Page, Paging } from '../page.ts'

export const hostApi = {
  listHosts: {
    route: 'GET /hosts',
    summary: 'Managed hosts',
    access: 'host:read',
    input: z.strictObject({
      search: z.string().max(200).optional(),
      status: HostStatus.optional(),
      group_id: z.uuid().optional(),
      /** Those that have left, and no others. */
      retired: flag.default(false),
      sort: z.enum(['name', 'status', 'last_seen_at', 'registered_at']).default('name'),
      order: Order.default('asc'),
      ...Paging,
    }),
    output: z.object({ hosts: z.array(Host), ...Page }),
  },

  getHost: {
    route: 'GET /hosts/:id',
    summary: 'One host with its pending updates, as last read',
    access: 'host:read',
    input: z.strictObject({ id: z.uuid() }),
    output: HostDetail,
    failures: ['not_found'],
  },

  addHost: {
    route: 'POST /hosts',
    summary:
      'Enter a host by hand; it gets its certificate afterwards, or enrols and is merged with this one',
    access: 'host:write',
    status: 201,
    input: z.strictObject({
      fqdn: DnsName,
      ip_address: HostNotes.ip_address,
      agent_port: HostNotes.agent_port.default(12443),
      /** Left out, it is what the agent says when it is first reached. */
      machine_id: MachineId.optional(),
      display_name: HostNotes.display_name.default(''),
      tags: HostNotes.tags.default([]),
      notes: HostNotes.notes.default(''),
      group_ids: z.array(z.uuid()).max(100).default([]),
    }),
    output: Host,
    failures: ['not_found', 'conflict'],
  },

  changeHost: {
    route: 'PATCH /hosts/:id',
    summary: 'Change what people say of a host, and where it is called; what is left out stays',
    access: 'host:write',
    input: z.strictObject({ id: z.uuid(), ...z.object(HostNotes).partial().shape }),
    output: Host,
    failures: ['not_found', 'conflict'],
  },

  retireHost: {
    route: 'DELETE /hosts/:id',
    summary: 'Let a host go: its certificates are revoked, what is known of it is kept',
    access: 'host:delete',
    status: 204,
    input: z.strictObject({
      id: z.uuid(),
      /** Also while it has jobs that have not ended. Needs a reason. */
      force: flag.default(false),
      reason: z.string().max(500).default(''),
    }),
    output: z.void(),
    failures: ['not_found', 'blocked_by_dependencies'],
  },

  refreshHost: {
    route: 'POST /hosts/:id/refresh',
    summary: 'Read the host now',
    access: 'host:write',
    input: z.strictObject({ id: z.uuid() }),
    output: HostDetail,
    failures: ['not_found', 'host_unreachable', 'host_refused'],
  },
} as const satisfies Contract
