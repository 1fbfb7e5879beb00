import type { Role } from '@linux-patch/shared/permissions'
import type { Kysely, Selectable } from 'kysely'
import type { CertificateTables } from './certificate-tables.ts'
import type { Flag } from './flag.ts'
import type { HostTables } from './host-tables.ts'
import type { JobTables } from './job-tables.ts'

export type Engine = 'sqlite' | 'postgres'

/**
 * The tables, the same on SQLite and PostgreSQL. To stay the same they hold three kinds of value:
 * text (ids, ISO 8601 UTC times, JSON), integers, and null.
 */
export type Schema = PeopleTables & HostTables & CertificateTables & JobTables

/** Who may do what here, and what they did. */
type PeopleTables = {
  user: {
    id: string
    username: string
    password_hash: string
    role: Role
    must_change_password: Flag
    /** Goes up whenever every token made before must stop to count. */
    epoch: number
  }
  session: {
    id: string
    user_id: string
    ip: string
    user_agent: string
    expires_at: string
    revoked_at: string | null
  }
  refresh_token: { hash: string; session_id: string; used_at: string | null }
  audit: {
    id: string
    at: string
    actor_type: string
    actor_id: string | null
    actor_name: string
    action: string
    target_type: string | null
    target_id: string | null
    outcome: string
    ip: string | null
    request_id: string | null
    details: string
  }
}
export type Db = Kysely<Schema>
export type Row<Table extends keyof Schema> = Selectable<Schema[Table]>
