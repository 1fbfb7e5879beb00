import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database } from '../../db/open.ts'
import { recording } from '../audit/audit.ts'
import { signedInOf, type ManagerCall, type OnEnded } from '../caller.ts'

type Deps = {
  database: Database
  now: () => Date
  onEnded: OnEnded
}

export type OwnSessions = ReturnType<typeof ownSessions>

/** Where somebody is signed in, and how he ends it elsewhere. */
export function ownSessions({ database, now, onEnded }: Deps) {
  const record = recording('session', now)

  return {
    async list(_input: Input<ManagerApi['listOwnSessions']>, call: ManagerCall) {
      const { user, session_id } = signedInOf(call)
      const live = await database.stores.sessions.listLive(user.id, now().toISOString())
      return { sessions: live.map((one) => ({ ...one, is_current: one.id === session_id })) }
    },

    async end({ session_id: id }: Input<ManagerApi['endOwnSession']>, call: ManagerCall) {
      const { user } = signedInOf(call)
      await database.transaction(async (stores) => {
        const session = await stores.sessions.find(id)
        // One of somebody else is told like one that there is not.
        if (session?.user_id !== user.id)
          throw new Failure('not_found', 'You have no such session.')
        await stores.sessions.revoke(id, now().toISOString())
        await record(stores, call, { action: 'session_end', id })
      })
      onEnded((person) => person.session_id === id)
    },

    async endOthers(_input: Input<ManagerApi['endOtherSessions']>, call: ManagerCall) {
      const { user, session_id } = signedInOf(call)
      await database.transaction(async (stores) => {
        await stores.sessions.revokeAll(user.id, session_id, now().toISOString())
        await record(stores, call, { action: 'sessions_end_others', id: session_id })
      })
      onEnded((person) => person.user.id === user.id && person.session_id !== session_id)
    },
  }
}
