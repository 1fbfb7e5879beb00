import type { Db } from './schema.ts'

/** Does the work in the transaction that is open, or in one of its own. */
export const within = <T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> =>
  db.isTransaction ? work(db) : db.transaction().execute(work)
