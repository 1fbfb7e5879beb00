import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const tables = {
  second_factor: `
    user_id text not null primary key references "user" (id) on delete cascade,
    sealed text not null,
    expires_at text,
    last_step integer not null`,
  recovery_code: `
    user_id text not null references "user" (id) on delete cascade,
    hash text not null,
    used_at text,
    primary key (user_id, hash)`,
  sign_in_challenge: `
    hash text not null primary key,
    user_id text not null references "user" (id) on delete cascade,
    epoch integer not null,
    tries_left integer not null check (tries_left >= 0),
    expires_at text not null`,
}

/** People prove by a second thing who they are, and sessions know when that was last. */
export const secondFactors = (engine: Engine): Migration => {
  const text = engine === 'sqlite' ? 'text' : 'text collate "C"'
  return {
    async up(db) {
      const statements = [
        ...Object.entries(tables).map(([name, columns]) => table(engine, name, columns)),
        'create index challenge_by_user on sign_in_challenge (user_id)',
        `alter table "user" add column mfa_enabled integer not null default 0
           check (mfa_enabled in (0, 1))`,
        `alter table session add column confirmed_at ${text} not null
           default '1970-01-01T00:00:00.000Z'`,
      ]
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
