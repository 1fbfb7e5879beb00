import type { Engine } from '../schema.ts'

/**
 * Statements after which the database refuses to change or remove a row of the table, whoever asks. `removable`: what
 * has to be so, of the row `old`, for it to be removed all the same.
 */
export const appendOnly = (engine: Engine, table: string, removable = 'false'): string[] =>
  engine === 'sqlite' ? sqlite(table, removable) : postgres(table, removable)

/** The other way, before the table is made anew. */
export const dropAppendOnly = (engine: Engine, table: string): string[] =>
  engine === 'sqlite'
    ? ['update', 'delete'].map((change) => `drop trigger ${table}_refuses_${change}`)
    : [`drop function ${table}_is_append_only() cascade`]

const sqlite = (table: string, removable: string) => [
  `create trigger ${table}_refuses_update before update on ${table}
     begin select raise(abort, '${table} is append-only'); end`,
  `create trigger ${table}_refuses_delete before delete on ${table} when not (${removable})
     begin select raise(abort, '${table} is append-only'); end`,
]

const postgres = (table: string, removable: string) => [
  `create function ${table}_is_append_only() returns trigger language plpgsql as $$ begin
     if tg_op = 'DELETE' then if ${removable} then return old; end if; end if;
     raise exception '${table} is append-only'; end $$`,
  `create trigger ${table}_refuses_changes before update or truncate on ${table}
     for each statement execute function ${table}_is_append_only()`,
  `create trigger ${table}_refuses_delete before delete on ${table}
     for each row execute function ${table}_is_append_only()`,
]
