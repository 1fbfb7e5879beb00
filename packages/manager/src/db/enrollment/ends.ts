import type { Db } from '../schema.ts'

/** How long a host that was turned away can still learn that it was. */
const TOMBSTONE_HOURS = 24

/** The key that waits to be fetched, sealed. Of two who ask at once, one gets it; it is gone then. */
export async function takeKey(db: Db, id: string, now: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('enrollment')
    .select('sealed_key')
    .where('id', '=', id)
    .where('bundle_expires_at', '>', now)
    .executeTakeFirst()
  const sealed_key = row?.sealed_key ?? null
  if (sealed_key === null) return undefined
  const { numUpdatedRows } = await db
    .updateTable('enrollment')
    .set({ sealed_key: null })
    .where('id', '=', id)
    .where('sealed_key', '=', sealed_key)
    .executeTakeFirst()
  return numUpdatedRows > 0n ? sealed_key : undefined
}

/** The keys that wait to be fetched. */
export async function listSealed(db: Db): Promise<{ id: string; sealed_key: string }[]> {
  const rows = await db
    .selectFrom('enrollment')
    .select(['id', 'sealed_key'])
    .where('sealed_key', 'is not', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id, sealed_key }) => ({ id, sealed_key: sealed_key! }))
}

/** Nothing where it is not what it was any more: it was fetched, or its time is over. */
export async function reseal(db: Db, id: string, before: string, sealed_key: string) {
  await db
    .updateTable('enrollment')
    .set({ sealed_key })
    .where('id', '=', id)
    .where('sealed_key', '=', before)
    .execute()
}

/** Removes keys that nobody fetched, what nobody decided in time, bundles past their day, and tombstones. */
export async function purgeExpired(db: Db, now: string): Promise<void> {
  await db
    .updateTable('enrollment')
    .set({ sealed_key: null })
    .where('sealed_key', 'is not', null)
    .where('bundle_expires_at', '<=', now)
    .execute()
  const forgotten = new Date(Date.parse(now) - TOMBSTONE_HOURS * 3600_000).toISOString()
  await db
    .deleteFrom('enrollment')
    .where((of) =>
      of.or([
        of('status', '=', 'pending').and('expires_at', '<=', now),
        of.and([
          of('status', '=', 'approved'),
          of('bundle_expires_at', '<=', now),
          // One whose key was made here can be given another until its own end.
          of.or([of('csr_pem', '<>', ''), of('expires_at', '<=', now)]),
        ]),
        of('status', '=', 'denied').and('decided_at', '<=', forgotten),
      ]),
    )
    .execute()
}
