import type { Account } from '@linux-patch/shared/account'
import type { AccountRecord } from '../../db/accounts.ts'
import type { Database } from '../../db/open.ts'
import { locksOf } from '../sign-in/attempts.ts'

type Deps = { database: Database; now: () => Date }

/** Accounts as they are told: with the locks of their names as of now. */
export function accountView({ database, now }: Deps) {
  async function toAccounts(records: AccountRecord[]): Promise<Account[]> {
    const names = records.map(({ username }) => username)
    const locks = await locksOf(database.stores, names, now())
    return records.map((one) => ({ ...one, locked_until: locks.get(one.username) ?? null }))
  }

  return {
    toAccounts,
    async toAccount(record: AccountRecord): Promise<Account> {
      const locks = await locksOf(database.stores, [record.username], now())
      return { ...record, locked_until: locks.get(record.username) ?? null }
    },
  }
}
