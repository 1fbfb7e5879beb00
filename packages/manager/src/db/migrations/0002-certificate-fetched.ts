import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'

/** Whether an approved host has its certificate. Those that were reached before have theirs. */
export const certificateFetched = (engine: Engine): Migration => ({
  async up(db) {
    const type = engine === 'sqlite' ? 'text' : 'text collate "C"'
    await sql.raw(`alter table certificate add column fetched_at ${type}`).execute(db)
    await sql`
      update certificate set fetched_at = created_at
      where host_id in (select id from host where last_seen_at is not null)`.execute(db)
  },
})
