import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'

/** Of an account that was made before its age was kept, none is told. It was the beginning of 1970. */
export const agesOfAccounts = (engine: Engine): Migration => {
  const text = engine === 'sqlite' ? 'text' : 'text collate "C"'
  return {
    async up(db) {
      const statements = [
        // SQLite does not let a column that there is become one that may be empty.
        `alter table "user" add column made_at ${text}`,
        `update "user" set made_at = created_at where created_at <> '1970-01-01T00:00:00.000Z'`,
        'alter table "user" drop column created_at',
        'alter table "user" rename column made_at to created_at',
      ]
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
