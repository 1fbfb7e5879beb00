import type { Input } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database } from '../../db/open.ts'
import { unlock } from './attempts.ts'
import { recording } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import { refuseMorePowerful } from '../people/user-rules.ts'

type Deps = { database: Database; now: () => Date }

/** Lets a user in again who was locked out by wrong passwords. */
export function unlocking({ database, now }: Deps) {
  const record = recording('user', now)
  return ({ id }: Input<ManagerApi['unlockUser']>, call: ManagerCall) =>
    database.transaction(async (stores) => {
      const user = await stores.users.get(id)
      await refuseMorePowerful(stores, user, call)
      await unlock(stores, user.username)
      const { username } = user
      await record(stores, call, { action: 'user_unlock', id, details: { username } })
    })
}
