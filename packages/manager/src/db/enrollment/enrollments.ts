import { Failure } from '@linux-patch/shared/failure'
import type { OsDetails } from '@linux-patch/shared/host'
import { sql } from 'kysely'
import { decide, type Decision } from './decision.ts'
import { countPending, listEnrollments, type Listing } from './queue.ts'
import { listSealed, purgeExpired, reseal, takeKey } from './ends.ts'
import { newId } from '../id.ts'
import type { Db, Row } from '../schema.ts'

/** Of a denied one only the decision is left: the rest is empty text, and `os_details` null. */
export type EnrollmentRecord = Omit<Row<'enrollment'>, 'os_details'> & {
  os_details: OsDetails | null
}
/** One without a request of its own for a certificate has empty text for `csr_pem` and `key_fingerprint`. */
export type PendingEnrollment = EnrollmentRecord & { os_details: OsDetails }
/** As the queue shows it: with the name of the code that it brought. */
export type WaitingEnrollment = PendingEnrollment & { join_code_name: string | null }
export type NewEnrollment = Pick<
  PendingEnrollment,
  | 'machine_id'
  | 'fqdn'
  | 'ip_address'
  | 'source_ip'
  | 'agent_port'
  | 'agent_version'
  | 'os_details'
  | 'csr_pem'
  | 'key_fingerprint'
  | 'token_hash'
  | 'created_at'
  | 'expires_at'
  | 'join_code_id'
  | 'waits_because'
  | 'warning'
>
export const enrollmentStore = (db: Db) => ({
  /** Takes the place of what the same machine asked before, as long as that is undecided. */
  async add({ os_details, ...request }: NewEnrollment): Promise<PendingEnrollment> {
    const values = {
      ...request,
      id: newId(),
      os_details: JSON.stringify(os_details),
      status: 'pending' as const,
    }
    const row = await db
      .insertInto('enrollment')
      .values(values)
      .onConflict((conflict) =>
        conflict.column('machine_id').where('status', '=', sql.lit('pending')).doUpdateSet(values),
      )
      .returningAll()
      .executeTakeFirstOrThrow()
    return toPending(row)
  },

  /** All of them, or those from one address. */
  countPending: (now: string, source_ip?: string): Promise<number> =>
    countPending(db, now, source_ip),

  /** What a machine waits with, if it does. */
  async findPending(machine_id: string, now: string): Promise<EnrollmentRecord | undefined> {
    const row = await db
      .selectFrom('enrollment')
      .selectAll()
      .where('machine_id', '=', machine_id)
      .where('status', '=', 'pending')
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return row && toEnrollment(row)
  },

  async get(id: string): Promise<EnrollmentRecord> {
    const row = await db
      .selectFrom('enrollment')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw new Failure('not_found', 'There is no such enrollment request.')
    return toEnrollment(row)
  },

  async findByTokenHash(token_hash: string): Promise<EnrollmentRecord | undefined> {
    const row = await db
      .selectFrom('enrollment')
      .selectAll()
      .where('token_hash', '=', token_hash)
      .executeTakeFirst()
    return row && toEnrollment(row)
  },

  /** What this machine asked for with this key and this code, waiting or taken in: its answer may have been lost. */
  async findBrought(
    brought: Pick<NewEnrollment, 'machine_id' | 'key_fingerprint'> & { join_code_id: string },
    now: string,
  ): Promise<EnrollmentRecord | undefined> {
    const row = await db
      .selectFrom('enrollment')
      .selectAll()
      .where('machine_id', '=', brought.machine_id)
      .where('key_fingerprint', '=', brought.key_fingerprint)
      .where('join_code_id', '=', brought.join_code_id)
      .where((of) =>
        of.or([
          of('status', '=', 'pending').and('expires_at', '>', now),
          of('status', '=', 'approved').and('bundle_expires_at', '>', now),
        ]),
      )
      .orderBy('id', 'desc')
      .executeTakeFirst()
    return row && toEnrollment(row)
  },

  /** From now on another token asks after it. */
  async setToken(id: string, token_hash: string): Promise<void> {
    await db.updateTable('enrollment').set({ token_hash }).where('id', '=', id).execute()
  },

  /** The ones that wait, or those taken in whose key was made here, oldest first. */
  list: (listing: Listing, now: string) => listEnrollments(db, listing, now),

  /** Of two who decide at once, one is refused. */
  decide: async (id: string, decision: Decision): Promise<EnrollmentRecord> =>
    toEnrollment(await decide(db, id, decision)),

  listSealed: () => listSealed(db),

  reseal: (id: string, before: string, sealed_key: string) => reseal(db, id, before, sealed_key),

  takeKey: (id: string, now: string) => takeKey(db, id, now),

  purgeExpired: (now: string) => purgeExpired(db, now),
})

const toEnrollment = (row: Row<'enrollment'>): EnrollmentRecord => ({
  ...row,
  os_details: JSON.parse(row.os_details),
})
const toPending = (row: Row<'enrollment'>): PendingEnrollment => ({
  ...row,
  os_details: JSON.parse(row.os_details),
})
