import { Failure } from '@linux-patch/shared/failure'
import type { Database, Stores } from '../../db/open.ts'
import { entryBySystem, entryFor } from '../audit/audit.ts'
import type { ManagerCall, Person } from '../caller.ts'
import { refuseMore, refuseSelf } from '../people/user-rules.ts'

type Deps = {
  database: Database
  now: () => Date
  /** Hears whose sessions have ended, so that their sockets can be closed. */
  onEnded: (ended: (person: Person) => boolean) => void
}

const what = (id: string) => ({ action: 'mfa_reset', target_type: 'user', target_id: id })

/** Takes the second factor of somebody away who has lost it. All his sessions end, for a thief may have both. */
export function secondFactorReset({ database, now, onEnded }: Deps) {
  return {
    async ofUser({ id }: { id: string }, call: ManagerCall): Promise<void> {
      refuseSelf(call, id, 'turn your own second factor off under your profile')
      await database.transaction(async (stores) => {
        await refuseMore(stores, await stores.users.get(id), call)
        await take(stores, id, now())
        await stores.audit.append(entryFor(call, now(), what(id)))
      })
      onEnded(({ user }) => user.id === id)
    },
  }
}

/** The same from the command line, by name. */
export const resetByName = (
  { database, now }: Pick<Deps, 'database' | 'now'>,
  username: string,
): Promise<void> =>
  database.transaction(async (stores) => {
    const user = await stores.users.find(username)
    if (!user) throw new Failure('not_found', `There is no user called ${username}.`)
    await take(stores, user.id, now())
    await stores.audit.append(entryBySystem(now(), what(user.id)))
  })

async function take(stores: Stores, id: string, now: Date) {
  const { mfa_enabled, username } = await stores.users.get(id)
  if (!mfa_enabled) throw new Failure('conflict', `No second factor of ${username} is on.`)
  await stores.secondFactors.remove(id)
  await stores.signInChallenges.removeOf(id)
  await stores.sessions.revokeAll(id, null, now.toISOString())
}
