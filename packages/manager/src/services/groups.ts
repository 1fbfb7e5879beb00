import type { Input } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database, Stores } from '../db/open.ts'
import { recording } from './audit.ts'
import { scopeOf, type ManagerCall } from './caller.ts'
import type { Live } from './live.ts'

type Deps = { database: Database; live: Live; now: () => Date }

export function groupService({ database, live, now }: Deps) {
  const record = recording('group', now)

  type Membership = Input<ManagerApi['addHostToGroup']>
  async function change(
    { id, group_id }: Membership,
    call: ManagerCall,
    change: { action: string; make: (stores: Stores) => Promise<void> },
  ) {
    await database.transaction(async (stores) => {
      await stores.hosts.get(id, scopeOf(call))
      await stores.groups.getThese([group_id], scopeOf(call))
      await change.make(stores)
      await record(stores, call, { action: change.action, id: group_id, details: { host_id: id } })
    })
    live.changed('hosts')
  }

  return {
    async list(paging: Input<ManagerApi['listGroups']>, call: ManagerCall) {
      const scope = scopeOf(call)
      return { ...(await database.stores.groups.list({ ...paging, scope })), ...paging }
    },

    create: (input: Input<ManagerApi['createGroup']>, call: ManagerCall) =>
      database.transaction(async (stores) => {
        const group = await stores.groups.add({ ...input, created_at: now().toISOString() })
        await record(stores, call, {
          action: 'group_create',
          id: group.id,
          details: { name: group.name },
        })
        return group
      }),

    addHost: (input: Membership, call: ManagerCall) =>
      change(input, call, {
        action: 'group_host_add',
        make: (stores) => stores.groups.addHost(input.id, [input.group_id]),
      }),

    removeHost: (input: Membership, call: ManagerCall) =>
      change(input, call, {
        action: 'group_host_remove',
        make: (stores) => stores.groups.removeHost(input.id, input.group_id),
      }),
  }
}
