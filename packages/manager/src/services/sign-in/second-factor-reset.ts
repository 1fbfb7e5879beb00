import { Failure } from '@linux-patch/shared/failure'
import type { Database, Stores } from '../../db/open.ts'
import { entryFor } from '../audit/audit.ts'
import type { ManagerCall, OnEnded } from '../caller.ts'
import { refuseMorePowerful, refuseSelf } from '../people/user-rules.ts'

type Deps = {
  database: Database
  now: () => Date
  onEnded: OnEnded
}

const what = (id: string) => ({ action: 'mfa_reset', target_type: 'user', target_id: id })

/** Takes the second factor of somebody away who has lost it. All his sessions end, for a thief may have both. */
export function secondFactorReset({ database, now, onEnded }: Deps) {
  return {
    async ofUser({ id }: { id: string }, call: ManagerCall): Promise<void> {
      refuseSelf(call, id, 'turn your own second factor off under "Your account"')
      await database.transaction(async (stores) => {
        await refuseMorePowerful(stores, await stores.users.hold(id), call)
        await takeSecondFactor(stores, id, now())
        await stores.audit.append(entryFor(call, now(), what(id)))
      })
      onEnded(({ user }) => user.id === id)
    },
  }
}

/** The sessions end too, and the sign-ins that wait for a code. */
export async function takeSecondFactor(stores: Stores, id: string, now: Date) {
  const { mfa_enabled, username } = await stores.users.hold(id)
  if (!mfa_enabled) throw new Failure('conflict', `No second factor of ${username} is on.`)
  await stores.secondFactors.remove(id)
  await stores.signInChallenges.removeOf(id)
  await stores.sessions.revokeAll(id, null, now.toISOString())
}
