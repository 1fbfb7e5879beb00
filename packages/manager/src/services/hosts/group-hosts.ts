import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Stores } from '../../db/open.ts'
import type { Scope } from '../../db/scope.ts'
import { recording } from '../audit/audit.ts'
import { scopeOf, type ManagerCall } from '../caller.ts'
import type { GroupDeps } from '../people/groups.ts'

type Membership = Input<ManagerApi['addHostToGroup']>
type Move = { action: string; make: (stores: Stores) => Promise<void> }

/** Puts hosts into groups and takes them out. */
export function groupHosts({ database, live, now }: Omit<GroupDeps, 'onEnded'>) {
  const record = recording('group', now)

  async function move({ id, group_id }: Membership, call: ManagerCall, { action, make }: Move) {
    const scope = scopeOf(call)
    await database.transaction(async (stores) => {
      const host = await stores.hosts.get(id, scope)
      await stores.groups.hold([group_id], scope)
      await stores.groups.holdHosts([id])
      await refuseWithoutOwn(stores, host, scope)
      await make(stores)
      await refuseWithoutOwn(stores, host, scope)
      const { name } = await stores.groups.get(group_id, scope)
      const details = { name, host_id: id, host_name: host.name }
      await record(stores, call, { action, id: group_id, details })
    })
    live.changed('hosts')
  }

  return {
    add: (input: Membership, call: ManagerCall) =>
      move(input, call, {
        action: 'group_host_add',
        make: (stores) => stores.groups.addHost(input.id, [input.group_id]),
      }),

    remove: (input: Membership, call: ManagerCall) =>
      move(input, call, {
        action: 'group_host_remove',
        make: (stores) => stores.groups.removeHost(input.id, input.group_id),
      }),
  }
}

/**
 * Who sees only his groups moves hosts among these. A host of no group is everybody's: to take it would be to take it
 * from the others, and to let one go would be to give it to them.
 */
async function refuseWithoutOwn(
  { groups }: Stores,
  { id, name }: { id: string; name: string },
  scope: Scope,
) {
  if (scope === 'all') return
  const ids = (await groups.idsOfHosts([id])).get(id) ?? []
  if (ids.some((group_id) => scope.group_ids.includes(group_id))) return
  throw new Failure(
    'forbidden_scope',
    `${name} has to be in a group of yours before and after: only who sees all hosts moves it into the first, or out of the last.`,
    { details: { reason: 'no_own_group' } },
  )
}
