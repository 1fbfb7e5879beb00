import type { Engine } from '../schema.ts'

/** Statements after which the database refuses to change or remove a row of the table, whoever asks. */
export const appendOnly = (engine: Engine, table: string): string[] =>
  engine === 'sqlite' ? sqlite(table) : postgres(table)

const sqlite = (table: string) =>
  ['update', 'delete'].map(
    (change) => `create trigger ${table}_refuses_${change} before ${change} on ${table}
      begin select raise(abort, '${table} is append-only'); end`,
  )

const postgres = (table: string) => [
  `create function ${table}_is_append_only() returns trigger language plpgsql as
     $$ begin raise exception '${table} is append-only'; end $$`,
  `create trigger ${table}_refuses_changes before update or delete or truncate on ${table}
     for each statement execute function ${table}_is_append_only()`,
]
