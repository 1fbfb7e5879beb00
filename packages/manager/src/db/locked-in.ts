import type { SelectQueryBuilder } from 'kysely'
import type { Engine, Schema } from './schema.ts'

/**
 * Keeps the rows that are read from changing until the transaction ends. On SQLite every transaction
 * begins with the one lock there is.
 */
export const lockedIn =
  (engine: Engine) =>
  <Table extends keyof Schema, Row>(query: SelectQueryBuilder<Schema, Table, Row>) =>
    engine === 'postgres' ? query.forUpdate() : query
