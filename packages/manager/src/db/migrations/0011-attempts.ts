import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const attempt = `
  name text not null,
  address text not null,
  failures integer not null,
  failed_at text,
  locked_until text,
  signed_in_at text,
  primary key (name, address)`

/** Wrong passwords are counted, sessions know their age, and keys of access tokens are kept as a ring. */
export const attempts = (engine: Engine): Migration => {
  const text = engine === 'sqlite' ? 'text' : 'text collate "C"'
  const time = `${text} not null default '1970-01-01T00:00:00.000Z'`
  return {
    async up(db) {
      const statements = [
        table(engine, 'attempt', attempt),
        `alter table session add column created_at ${time}`,
        `alter table session add column last_used_at ${time}`,
        `delete from secret where name = 'token-key'`,
      ]
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
