import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database } from '../../db/open.ts'
import { recording } from '../audit/audit.ts'
import { scopeOf, type ManagerCall, type OnEnded } from '../caller.ts'
import type { Live } from '../live.ts'

export type GroupDeps = {
  database: Database
  live: Live
  now: () => Date
  onEnded: OnEnded
}

/** Groups of hosts, of which people take care. */
export function groupService({ database, live, now, onEnded }: GroupDeps) {
  const record = recording('group', now)

  async function change({ id, ...asked }: Input<ManagerApi['changeGroup']>, call: ManagerCall) {
    const group = await database.transaction(async (stores) => {
      await stores.groups.hold([id], scopeOf(call))
      const { name, description } = await stores.groups.get(id, 'all')
      const before = { name, description }
      const after = { name: asked.name ?? name, description: asked.description ?? description }
      await stores.groups.change(id, after)
      await record(stores, call, { action: 'group_change', id, details: { before, after } })
      return stores.groups.get(id, 'all')
    })
    live.changed('hosts')
    return group
  }

  async function remove({ id, force }: Input<ManagerApi['removeGroup']>, call: ManagerCall) {
    const user_ids = await database.transaction(async (stores) => {
      await stores.groups.hold([id], scopeOf(call))
      await stores.groups.holdHosts(await stores.groups.hostIdsOf(id))
      const { name, host_count, user_count } = await stores.groups.get(id, 'all')
      const onlyHere = await stores.groups.onlyIn(id, now().toISOString())
      if (onlyHere.hosts + onlyHere.join_codes > 0 && !force) throw blocked(name, onlyHere)
      const user_ids = await stores.groups.userIdsOf(id)
      await stores.accounts.hold(user_ids)
      await stores.groups.remove(id)
      await stores.accounts.raiseEpoch(user_ids)
      const details = { name, host_count, user_count, force, only_here: onlyHere }
      await record(stores, call, { action: 'group_remove', id, details })
      return user_ids
    })
    onEnded(({ user }) => user_ids.includes(user.id))
    live.changed('hosts')
  }

  return {
    async list(paging: Input<ManagerApi['listGroups']>, call: ManagerCall) {
      const scope = scopeOf(call)
      return { ...(await database.stores.groups.list({ ...paging, scope })), ...paging }
    },

    get: ({ id }: Input<ManagerApi['getGroup']>, call: ManagerCall) =>
      database.stores.groups.get(id, scopeOf(call)),

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

    change,
    remove,
  }
}

const blocked = (name: string, dependencies: { hosts: number; join_codes: number }) =>
  new Failure(
    'blocked_by_dependencies',
    `${name} is the only group of ${dependencies.hosts} hosts and ${dependencies.join_codes} join codes: without it everybody would see them. Put them into another group first, or remove it with force.`,
    { details: { dependencies } },
  )
