import type { Database } from '../../db/open.ts'
import type { Person } from '../caller.ts'
import { rightsIn, type Rights } from './rights.ts'
import type { TokenCallers } from './token-callers.ts'

/** Whoever has to change his password or to set a second factor up first may do nothing else. */
const mayGoOn = ({ user }: Pick<Rights, 'user'>) =>
  !user.password_reset_required && !user.mfa_setup_required

type Deps = { database: Database; tokenCallers: Pick<TokenCallers, 'find'>; now: () => Date }

export type Standing = ReturnType<typeof standing>

/** What somebody has come by, which tells him apart from whoever has come otherwise. */
export const wayOf = ({ session_id, token_id }: Person): string => session_id ?? token_id

/**
 * Says who people who were let in before are by now, with the rights and the groups that they have now, each under the
 * way that he has come. Whom nothing would let in any more is left out.
 */
export const standing =
  ({ database: { stores }, tokenCallers, now }: Deps) =>
  async (people: readonly Person[]): Promise<Map<string, Person>> => {
    const ids = people.map(({ session_id }) => session_id).filter((id) => id !== null)
    const holders = await stores.sessions.listHolders([...new Set(ids)], now().toISOString())
    const users = holders.map(({ user }) => user)
    const roles = await stores.roles.rightsOfThese([...new Set(users.map(({ role }) => role))])
    const groups = await stores.groups.idsOfThese(users.map(({ id }) => id))
    const { values: rules } = await stores.settings.get('security')
    const known = new Map<string, Person>()
    for (const { session_id, confirmed_at, user } of holders) {
      const role = roles.get(user.role)
      const group_ids = groups.get(user.id) ?? []
      const rights = role && rightsIn(user, { role, group_ids, rules })
      if (rights && mayGoOn(rights))
        known.set(session_id, { ...rights, session_id, token_id: null, confirmed_at })
    }
    for (const { token_id } of people) {
      const person = token_id === null ? undefined : await tokenCallers.find(token_id)
      if (person && mayGoOn(person)) known.set(wayOf(person), person)
    }
    return known
  }
