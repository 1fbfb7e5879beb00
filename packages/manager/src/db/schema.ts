import type { Kysely, Selectable } from 'kysely'
import type { AuditTables } from './audit-tables.ts'
import type { CertificateTables } from './certificate-tables.ts'
import type { HostTables } from './host-tables.ts'
import type { JobTables } from './job-tables.ts'
import type { PeopleTables } from './people-tables.ts'
import type { SecondFactorTables } from './second-factor-tables.ts'
import type { SettingTables } from './setting-tables.ts'
import type { SsoTables } from './sso-tables.ts'

export type Engine = 'sqlite' | 'postgres'

/**
 * The tables, the same on SQLite and PostgreSQL. To stay the same they hold three kinds of value:
 * text (ids, ISO 8601 UTC times, JSON), integers, and null.
 */
export type Schema = PeopleTables &
  SecondFactorTables &
  HostTables &
  CertificateTables &
  JobTables &
  SettingTables &
  SsoTables &
  AuditTables

export type Db = Kysely<Schema>
export type Row<Table extends keyof Schema> = Selectable<Schema[Table]>
