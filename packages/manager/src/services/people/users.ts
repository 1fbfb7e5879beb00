import type { Input } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { AccountRecord } from '../../db/people/accounts.ts'
import type { Database, Stores } from '../../db/open.ts'
import { recording } from '../audit/audit.ts'
import type { ManagerCall, OnEnded } from '../caller.ts'
import type { PasswordRules } from '../sign-in/password-rules.ts'
import { hashPassword } from '../sign-in/passwords.ts'
import { accountView } from './account-view.ts'
import {
  givenOrMade,
  refuseLast,
  refuseMorePowerful,
  refuseSelf,
  refuseShutOut,
} from './user-rules.ts'

export type UserDeps = {
  database: Database
  rules: PasswordRules
  now: () => Date
  onEnded: OnEnded
  onPasswordChanged: () => Promise<void>
}
type Change = Omit<Input<ManagerApi['changeUser']>, 'id'>

/** Users, as others look after them. */
export function userService({ database, rules, now, onEnded, onPasswordChanged }: UserDeps) {
  const record = recording('user', now)
  const { toAccount, toAccounts } = accountView({ database, now })
  const drop = (id: string) => onEnded(({ user }) => user.id === id)

  async function create(
    { password, group_ids, ...input }: Input<ManagerApi['createUser']>,
    call: ManagerCall,
  ) {
    const given = givenOrMade(input.provider, password)
    if (password !== undefined) await rules.check(password, { ...input, password_hash: '' })
    const password_hash = given.password === null ? '' : await hashPassword(given.password)
    const account = await database.transaction(async (stores) => {
      await stores.groups.hold(group_ids, 'all')
      await stores.roles.hold(input.role)
      const user = await stores.users.add({
        ...input,
        password_hash,
        must_change_password: given.password !== null,
        created_at: now().toISOString(),
      })
      await stores.accounts.setGroups(user.id, group_ids)
      await refuseMorePowerful(stores, user, call)
      await refuseShutOut(stores, call)
      const details = { ...input, group_ids }
      await record(stores, call, { action: 'user_create', id: user.id, details })
      return stores.accounts.get(user.id)
    })
    return { ...(await toAccount(account, call)), password: given.made }
  }

  async function change({ id, ...asked }: Change & { id: string }, call: ManagerCall) {
    const { account, hasLostRights } = await database.transaction(async (stores) => {
      // Whether the caller may hand them on is judged afterwards.
      await stores.groups.hold(asked.group_ids ?? [], 'all')
      const administrators = await stores.accounts.lockAdministrators()
      await refuseMorePowerful(stores, await stores.users.get(id), call)
      const before = await stores.accounts.get(id)
      const changes = differing(before, asked)
      if (Object.keys(changes).length === 0) return { account: before, hasLostRights: false }
      const hasLostRights = losesRights(changes)
      if (changes.role !== undefined || changes.is_active === false) {
        refuseLast(administrators, before)
        refuseSelf(call, id)
      }
      await apply(stores, id, changes)
      await refuseMorePowerful(stores, await stores.users.get(id), call)
      if (hasLostRights) await stores.accounts.raiseEpoch([id])
      const account = await stores.accounts.get(id)
      await record(stores, call, { action: 'user_change', id, details: told(before, changes) })
      return { account, hasLostRights }
    })
    if (hasLostRights) drop(id)
    return toAccount(account, call)
  }

  async function apply(stores: Stores, id: string, { group_ids, ...changes }: Change) {
    if (changes.role !== undefined) await stores.roles.hold(changes.role)
    await stores.accounts.change(id, changes)
    if (group_ids !== undefined) await stores.accounts.setGroups(id, group_ids)
    if (changes.is_active === false) await stores.sessions.revokeAll(id, null, now().toISOString())
  }

  async function remove({ id }: Input<ManagerApi['removeUser']>, call: ManagerCall) {
    await database.transaction(async (stores) => {
      const administrators = await stores.accounts.lockAdministrators()
      const user = await stores.users.get(id)
      await refuseMorePowerful(stores, user, call)
      refuseLast(administrators, user)
      refuseSelf(call, id)
      await stores.accounts.remove(user, now().toISOString())
      const { username, role } = user
      await record(stores, call, { action: 'user_remove', id, details: { username, role } })
    })
    drop(id)
    await onPasswordChanged()
  }

  return {
    async list(input: Input<ManagerApi['listUsers']>, call: ManagerCall) {
      const { limit, offset } = input
      const { users, total } = await database.stores.accounts.list(input)
      return { users: await toAccounts(users, call), total, limit, offset }
    },
    get: async ({ id }: Input<ManagerApi['getUser']>, call: ManagerCall) =>
      toAccount(await database.stores.accounts.get(id), call),
    create,
    change,
    remove,
  }
}

/** What he holds counts no longer: his next request is judged by what he may do by then. */
const losesRights = ({ role, is_active, group_ids }: Change) =>
  [role, is_active, group_ids].some((change) => change !== undefined)

const factsOf = ({ groups, ...account }: AccountRecord) => ({
  ...account,
  group_ids: groups.map(({ id }) => id).toSorted(),
})

/** What is asked for and is not so already. */
function differing(before: AccountRecord, asked: Change): Change {
  const facts: Record<string, unknown> = factsOf(before)
  const group_ids = asked.group_ids && [...new Set(asked.group_ids)].toSorted()
  const wanted = Object.entries({ ...asked, group_ids })
  return Object.fromEntries(
    wanted.filter(
      ([name, value]) =>
        value !== undefined && JSON.stringify(value) !== JSON.stringify(facts[name]),
    ),
  )
}

/** For the record: who it is, and each change with what was before. */
function told(before: AccountRecord, changes: Change) {
  const facts: Record<string, unknown> = factsOf(before)
  const each = Object.entries(changes).map(([name, to]) => [name, { from: facts[name], to }])
  return { username: before.username, changes: Object.fromEntries(each) }
}
