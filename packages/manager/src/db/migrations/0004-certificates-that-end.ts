import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const certificate = `
  id text not null primary key,
  host_id text references host (id),
  kind text not null check (kind in ('agent', 'manager', 'web', 'operator', 'ocsp')),
  name text,
  serial text not null unique,
  subject text not null,
  sans text not null,
  fingerprint text not null unique,
  spki_hash text not null,
  root text,
  status text not null check (status in ('active', 'superseded', 'revoked')),
  not_before text not null,
  not_after text not null,
  cert_pem text not null,
  issued_by text,
  replaces_id text references certificate (id),
  created_at text not null,
  fetched_at text,
  superseded_at text,
  revoked_at text,
  revocation_reason text,
  revoked_by text,
  check ((status = 'revoked') = (revoked_at is not null and revocation_reason is not null))`

const certificate_key = `
  spki_hash text not null primary key,
  identity text not null`

const authority_root = `
  fingerprint text not null primary key,
  cert_pem text not null,
  secret_name text not null,
  stage text not null check (stage in ('current', 'next', 'former')),
  stage_since text not null`

const revocation_list = `
  root text not null primary key references authority_root (fingerprint),
  last_number integer not null,
  number integer,
  this_update text,
  next_update text,
  der text`

const kept = `id, host_id, kind, serial, subject, sans, fingerprint, spki_hash, status, not_before,
  not_after, cert_pem, issued_by, created_at, fetched_at`

/** Certificates of more kinds, which can be revoked; keys that belong to one identity for ever; several roots. */
export const certificatesThatEnd = (engine: Engine): Migration => ({
  async up(db) {
    const statements = [
      'alter table certificate rename to certificate_before',
      'drop index one_identity_per_key',
      'drop index certificate_by_host',
      table(engine, 'certificate', certificate),
      `insert into certificate (${kept}) select ${kept} from certificate_before`,
      "update certificate set superseded_at = created_at where status = 'superseded'",
      'drop table certificate_before',
      table(engine, 'certificate_key', certificate_key),
      keysOf("status = 'active'"),
      keysOf('true'),
      table(engine, 'authority_root', authority_root),
      table(engine, 'revocation_list', revocation_list),
      ...rules,
    ]
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
})

/** A key that was in two hosts' certificates belongs to the one that it is in force for. */
const keysOf = (condition: string) => `
  insert into certificate_key (spki_hash, identity)
    select spki_hash, 'host:' || host_id from certificate where host_id is not null and ${condition}
    order by created_at desc
    on conflict do nothing`

const rules = [
  `create unique index one_certificate_per_key on certificate (spki_hash)
     where status = 'active' and kind <> 'manager'`,
  'create index certificate_by_host on certificate (host_id)',
  'create index certificate_by_end on certificate (not_after, id)',
  "create index certificate_revoked on certificate (revoked_at) where status = 'revoked'",
  `create unique index one_root_per_stage on authority_root (stage) where stage <> 'former'`,
]
