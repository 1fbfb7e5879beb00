import type { Input } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Stores } from '../../db/open.ts'
import { recording } from '../audit/audit.ts'
import { scopeOf, type ManagerCall } from '../caller.ts'
import { accountView } from './account-view.ts'
import type { GroupDeps } from './groups.ts'
import { refuseMorePowerful } from './user-rules.ts'

type Membership = Input<ManagerApi['addUserToGroup']>
type Change = { action: string; make: (stores: Stores) => Promise<void> }

/** Says who takes care of the hosts of a group. */
export function groupUsers({ database, now, onEnded }: Omit<GroupDeps, 'live'>) {
  const record = recording('group', now)
  const { toAccounts } = accountView({ database, now })

  async function change({ id, user_id }: Membership, call: ManagerCall, { action, make }: Change) {
    const hasLostRights = await database.transaction(async (stores) => {
      await stores.groups.hold([id], scopeOf(call))
      const user = await stores.users.hold(user_id)
      const before = await stores.groups.idsOf(user_id)
      await refuseMorePowerful(stores, user, call)
      await make(stores)
      await refuseMorePowerful(stores, user, call)
      if ((await stores.groups.idsOf(user_id)).length === before.length) return false
      await stores.accounts.raiseEpoch([user_id])
      const details = { user_id, username: user.username }
      await record(stores, call, { action, id, details })
      return true
    })
    if (hasLostRights) onEnded(({ user }) => user.id === user_id)
  }

  return {
    async list({ id, ...paging }: Input<ManagerApi['listGroupUsers']>, call: ManagerCall) {
      await database.stores.groups.get(id, scopeOf(call))
      const { users, total } = await database.stores.accounts.list({ ...paging, group_id: id })
      return { users: await toAccounts(users, call), total, ...paging }
    },

    add: (input: Membership, call: ManagerCall) =>
      change(input, call, {
        action: 'group_user_add',
        make: (stores) => stores.groups.addUser(input.user_id, input.id),
      }),

    remove: (input: Membership, call: ManagerCall) =>
      change(input, call, {
        action: 'group_user_remove',
        make: (stores) => stores.groups.removeUser(input.user_id, input.id),
      }),
  }
}
