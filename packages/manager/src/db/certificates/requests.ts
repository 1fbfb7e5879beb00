import type { Db, Row } from '../schema.ts'

type Asked = Omit<Row<'certificate_request'>, 'certificate_id'>

/** Which certificate a request with an Idempotency-Key has made. */
export const certificateRequestStore = (db: Db) => ({
  /** False where this key was used before, a moment ago perhaps: then `find` knows for what. */
  async add(request: Row<'certificate_request'>): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('certificate_request')
      .values(request)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows === 1n
  },

  find: ({ requested_by, idempotency_key }: Omit<Asked, 'request_hash'>) =>
    db
      .selectFrom('certificate_request')
      .selectAll()
      .where('requested_by', '=', requested_by)
      .where('idempotency_key', '=', idempotency_key)
      .executeTakeFirst(),
})
