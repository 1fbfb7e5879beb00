import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { Host, HostDetail, HostStatus } from '../host.ts'
import { Order, Page, Paging } from '../page.ts'

export const hostApi = {
  listHosts: {
    route: 'GET /hosts',
    summary: 'Managed hosts',
    access: 'host:read',
    input: z.strictObject({
      search: z.string().max(200).optional(),
      status: HostStatus.optional(),
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

  refreshHost: {
    route: 'POST /hosts/:id/refresh',
    summary: 'Read the host now',
    access: 'host:write',
    input: z.strictObject({ id: z.uuid() }),
    output: HostDetail,
    failures: ['not_found', 'host_unreachable', 'host_refused'],
  },
} as const satisfies Contract
