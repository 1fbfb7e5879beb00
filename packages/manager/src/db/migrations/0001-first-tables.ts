import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { appendOnly } from './append-only.ts'
import { table } from './table.ts'

const people = {
  user: `
    id text not null primary key,
    username text not null,
    password_hash text not null,
    role text not null,
    must_change_password integer not null check (must_change_password in (0, 1)),
    epoch integer not null`,
  session: `
    id text not null primary key,
    user_id text not null references "user" (id) on delete cascade,
    ip text not null,
    user_agent text not null,
    expires_at text not null,
    revoked_at text`,
  refresh_token: `
    hash text not null primary key,
    session_id text not null references session (id) on delete cascade,
    used_at text`,
}

const fleet = {
  enrollment: `
    id text not null primary key,
    machine_id text not null,
    fqdn text not null,
    ip_address text not null,
    source_ip text not null,
    agent_port integer not null,
    agent_version text,
    os_details text not null,
    csr_pem text not null,
    key_fingerprint text not null,
    token_hash text not null unique,
    status text not null check (status in ('pending', 'approved', 'denied')),
    decided_by text,
    decided_at text,
    reason text,
    bundle text,
    bundle_expires_at text,
    created_at text not null,
    expires_at text not null`,
  host: `
    id text not null primary key,
    machine_id text not null,
    fqdn text not null,
    ip_address text not null,
    display_name text not null,
    os text not null,
    agent_version text,
    agent_port integer not null,
    status text not null check (status in ('pending', 'healthy', 'degraded', 'unreachable')),
    last_seen_at text,
    attempted_at text,
    last_failure text,
    read_at text,
    lists_updated_at text,
    lists_failure text,
    updates_total integer,
    updates_security integer,
    updates_blocked integer,
    pending_reboot integer check (pending_reboot in (0, 1)),
    patches text not null,
    packages text not null,
    key_fingerprint text not null,
    registered_at text not null,
    retired_at text,
    retired_reason text`,
  certificate: `
    id text not null primary key,
    host_id text references host (id),
    kind text not null check (kind in ('agent', 'manager', 'web')),
    serial text not null unique,
    subject text not null,
    sans text not null,
    fingerprint text not null unique,
    spki_hash text not null,
    status text not null check (status in ('active', 'superseded')),
    not_before text not null,
    not_after text not null,
    cert_pem text not null,
    issued_by text,
    created_at text not null`,
  secret: `
    name text not null primary key,
    sealed text not null`,
}

const work = {
  job: `
    id text not null primary key,
    kind text not null,
    status text not null,
    progress_percent integer not null,
    packages text not null,
    patches text not null,
    exclude_packages text not null,
    notes text not null,
    created_by text not null,
    created_by_id text not null,
    idempotency_key text,
    request_hash text,
    created_at text not null,
    started_at text,
    completed_at text,
    unique (created_by_id, idempotency_key)`,
  job_host: `
    id text not null primary key,
    job_id text not null references job (id),
    host_id text not null references host (id),
    status text not null check (
      status in ('queued', 'pending', 'running', 'completed', 'failed', 'cancelled', 'timeout')
    ),
    agent_job_id text,
    owner text,
    lease_until text,
    next_attempt_at text,
    attempts integer not null,
    claimed_at text,
    progress_percent integer not null,
    message text not null,
    error_code text,
    last_error text,
    reboot_required integer check (reboot_required in (0, 1)),
    changes text not null,
    log_count integer not null,
    log_bytes integer not null,
    updated_at text not null,
    completed_at text,
    unique (job_id, host_id)`,
  job_log: `
    part_id text not null references job_host (id),
    sequence integer not null,
    timestamp text not null,
    level text not null check (level in ('info', 'warning', 'error')),
    message text not null,
    primary key (part_id, sequence)`,
  audit: `
    id text not null primary key,
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
    details text not null`,
}

const rules = [
  'create unique index one_user_per_name on "user" (lower(username))',
  'create index session_by_user on session (user_id)',
  'create index refresh_token_by_session on refresh_token (session_id)',
  "create unique index one_request_per_machine on enrollment (machine_id) where status = 'pending'",
  'create unique index one_host_per_machine on host (machine_id) where retired_at is null',
  'create unique index one_host_per_name on host (lower(fqdn)) where retired_at is null',
  "create unique index one_identity_per_key on certificate (spki_hash) where status = 'active'",
  'create index certificate_by_host on certificate (host_id)',
  'create index job_by_age on job (created_at, id)',
  `create unique index one_active_part_per_host on job_host (host_id)
     where status in ('pending', 'running')`,
  `create index unfinished_parts on job_host (host_id, id)
     where status in ('queued', 'pending', 'running')`,
  'create index part_by_host on job_host (host_id)',
]

export const firstTables = (engine: Engine): Migration => ({
  async up(db) {
    const tables = Object.entries({ ...people, ...fleet, ...work })
    const statements = [
      ...tables.map(([name, columns]) => table(engine, name, columns)),
      ...rules,
      ...appendOnly(engine, 'audit'),
    ]
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
})
