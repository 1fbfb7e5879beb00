import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const certificate_request = `
  requested_by text not null,
  idempotency_key text not null,
  request_hash text not null,
  certificate_id text not null,
  primary key (requested_by, idempotency_key)`

/** Which certificate a request made, so that the same one sent again makes no other. */
export const certificateRequests = (engine: Engine): Migration => ({
  async up(db) {
    await sql.raw(table(engine, 'certificate_request', certificate_request)).execute(db)
  },
})
