import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const tables = {
  sso_attempt: `
    browser_hash text not null primary key,
    issuer text not null,
    return_to text not null,
    expires_at text not null`,
  sso_handoff: `
    code_hash text not null primary key,
    browser_hash text not null,
    user_id text not null references "user" (id) on delete cascade,
    epoch integer not null,
    confirmed_at text not null,
    expires_at text not null`,
}

/** Sign-ins by another system's word, while they are under way. */
export const singleSignOn = (engine: Engine): Migration => ({
  async up(db) {
    for (const [name, columns] of Object.entries(tables))
      await sql.raw(table(engine, name, columns)).execute(db)
  },
})
