import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const tables = {
  role: `
    name text not null primary key,
    description text not null,
    permissions text not null,
    scoped integer not null check (scoped in (0, 1)),
    created_at text not null`,
  host_group_user: `
    group_id text not null references host_group (id) on delete cascade,
    user_id text not null references "user" (id) on delete cascade,
    primary key (group_id, user_id)`,
}

/** People have names, roles and groups, and may come from another system. */
export const people = (engine: Engine): Migration => {
  const text = engine === 'sqlite' ? 'text' : 'text collate "C"'
  return {
    async up(db) {
      const statements = [
        ...Object.entries(tables).map(([name, columns]) => table(engine, name, columns)),
        'create index group_by_user on host_group_user (user_id)',
        `alter table "user" add column display_name ${text} not null default ''`,
        `alter table "user" add column email ${text}`,
        `alter table "user" add column is_active integer not null default 1 check (is_active in (0, 1))`,
        `alter table "user" add column provider ${text} not null default 'local'
           check (provider in ('local', 'oidc'))`,
        `alter table "user" add column subject ${text}`,
        `alter table "user" add column created_at ${text} not null default '1970-01-01T00:00:00.000Z'`,
        `alter table "user" add column last_sign_in_at ${text}`,
        'create unique index one_user_per_email on "user" (lower(email)) where email is not null',
        'create unique index one_user_per_subject on "user" (subject) where subject is not null',
      ]
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
