import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const tables = {
  former_user: `
    id text not null primary key,
    username text not null,
    left_at text not null`,
  api_token: `
    id text not null primary key,
    user_id text not null references "user" (id) on delete cascade,
    name text not null,
    prefix text not null,
    hash text not null unique,
    permissions text not null,
    group_ids text,
    created_at text not null,
    expires_at text not null,
    last_used_at text,
    last_used_ip text,
    revoked_at text`,
}

/** People give tokens to programs; and those who were removed keep their names. */
export const tokens = (engine: Engine): Migration => ({
  async up(db) {
    const statements = [
      ...Object.entries(tables).map(([name, columns]) => table(engine, name, columns)),
      'create index token_by_user on api_token (user_id)',
    ]
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
})
