import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const tables = {
  host_group: `
    id text not null primary key,
    name text not null,
    description text not null,
    created_at text not null`,
  host_group_member: `
    group_id text not null references host_group (id) on delete cascade,
    host_id text not null references host (id) on delete cascade,
    primary key (group_id, host_id)`,
  join_code: `
    id text not null primary key,
    name text not null,
    hash text not null unique,
    uses integer not null,
    uses_left integer not null check (uses_left >= 0),
    auto_approve integer not null check (auto_approve in (0, 1)),
    created_by text not null,
    created_by_id text not null,
    created_at text not null,
    expires_at text not null,
    revoked_at text`,
  join_code_group: `
    join_code_id text not null references join_code (id) on delete cascade,
    group_id text not null references host_group (id) on delete cascade,
    primary key (join_code_id, group_id)`,
}

/** Hosts are in groups, come in by a join code, with a key that was made here, or by hand. */
export const waysIn = (engine: Engine): Migration => {
  const text = engine === 'sqlite' ? 'text' : 'text collate "C"'
  return {
    async up(db) {
      const statements = [
        ...Object.entries(tables).map(([name, columns]) => table(engine, name, columns)),
        'create unique index one_group_per_name on host_group (lower(name))',
        'create index membership_by_host on host_group_member (host_id)',
        `alter table enrollment add column join_code_id ${text} references join_code (id)`,
        `alter table enrollment add column waits_because ${text}`,
        `alter table enrollment add column sealed_key ${text}`,
        `alter table enrollment add column warning ${text}`,
        'create index waiting_by_address on enrollment (source_ip, status)',
        `alter table host add column tags ${text} not null default '[]'`,
        `alter table host add column notes ${text} not null default ''`,
        // One that somebody entered has empty text until its agent says what it is.
        'drop index one_host_per_machine',
        `create unique index one_host_per_machine on host (machine_id)
           where retired_at is null and machine_id <> ''`,
      ]
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
