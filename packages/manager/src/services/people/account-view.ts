import type { Account } from '@linux-patch/shared/account'
import type { AccountRecord } from '../../db/people/accounts.ts'
import type { Database } from '../../db/open.ts'
import type { Scope } from '../../db/scope.ts'
import { scopeOf, type ManagerCall } from '../caller.ts'
import { locksOf } from '../sign-in/attempts.ts'

type Deps = { database: Database; now: () => Date }

/** Accounts as they are told: with the locks of their names as of now, and with those groups that the caller sees. */
export function accountView({ database, now }: Deps) {
  async function viewOf(records: AccountRecord[], call: ManagerCall) {
    const names = records.map(({ username }) => username)
    const locks = await locksOf(database.stores, names, now())
    return (one: AccountRecord): Account => ({
      ...one,
      groups: groupsIn(scopeOf(call), one),
      locked_until: locks.get(one.username) ?? null,
    })
  }

  return {
    toAccounts: async (records: AccountRecord[], call: ManagerCall): Promise<Account[]> =>
      records.map(await viewOf(records, call)),
    toAccount: async (record: AccountRecord, call: ManagerCall): Promise<Account> =>
      (await viewOf([record], call))(record),
  }
}

const groupsIn = (scope: Scope, { groups }: AccountRecord) =>
  scope === 'all' ? groups : groups.filter(({ id }) => scope.group_ids.includes(id))
