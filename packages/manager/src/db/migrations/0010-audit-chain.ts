import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { appendOnly, dropAppendOnly } from './append-only.ts'
import { table } from './table.ts'

const tables = {
  audit: `
    seq integer not null primary key,
    id text not null unique,
    at text not null,
    actor_type text not null,
    actor_id text,
    actor_name text not null,
    action text not null,
    target_type text,
    target_id text,
    outcome text not null,
    ip text,
    request_id text,
    details text not null,
    prev_hash text not null,
    hash text not null`,
  audit_head: `
    id integer not null primary key check (id = 1),
    seq integer not null,
    hash text not null,
    checkpoints integer not null,
    chained_to integer not null,
    mac text not null`,
  audit_checkpoint: `
    number integer not null primary key,
    seq integer not null,
    hash text not null,
    keeps_from integer not null,
    kept_after text not null,
    at text not null,
    signature text not null`,
}

const rules = [
  'create index audit_by_time on audit (at)',
  'create index audit_by_actor on audit (actor_id, seq)',
  'create index audit_by_actor_name on audit (lower(actor_name), seq)',
  'create index audit_by_action on audit (action, seq)',
  'create index audit_by_target on audit (target_type, target_id, seq)',
]

/** Only what lies below where the newest checkpoint says: to look at all of them again for each row takes seconds. */
const removable =
  'coalesce((select keeps_from from audit_checkpoint order by number desc limit 1) > old.seq, false)'

/** The rows of the audit are a chain. Those that there are join it when its key is open: at the next start. */
export const auditChain = (engine: Engine): Migration => ({
  async up(db) {
    const statements = [
      ...dropAppendOnly(engine, 'audit'),
      'alter table audit rename to audit_unchained',
      ...Object.entries(tables).map(([name, columns]) => table(engine, name, columns)),
      ...rules,
      "insert into audit_head values (1, 0, '', 0, 0, '')",
      ...appendOnly(engine, 'audit', removable),
      ...appendOnly(engine, 'audit_checkpoint'),
    ]
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
})
