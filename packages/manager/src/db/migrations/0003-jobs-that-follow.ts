import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'

/** A part of a job may be bound to its preview or cancelled; a job may roll another one back, or purge. */
export const jobsThatFollow = (engine: Engine): Migration => {
  const text = engine === 'sqlite' ? 'text' : 'text collate "C"'
  return {
    async up(db) {
      for (const statement of statements(text)) await sql.raw(statement).execute(db)
    },
  }
}

const statements = (text: string) => [
  `alter table job add column parent_job_id ${text} references job (id)`,
  'create index job_by_parent on job (parent_job_id) where parent_job_id is not null',
  'alter table job add column purge integer not null default 0 check (purge in (0, 1))',
  `alter table job_host add column expected_digest ${text}`,
  `alter table job_host add column asked_at ${text}`,
  // Whoever had taken a part up may have asked its host.
  `update job_host set asked_at = coalesce(claimed_at, updated_at)
     where status in ('pending', 'running')`,
  `alter table job_host add column cancel_requested_at ${text}`,
  `alter table job_host add column cancel_refused ${text}`,
  `alter table job_host add column rollback ${text}`,
]
