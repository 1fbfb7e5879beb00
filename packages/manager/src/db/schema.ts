import type { Kysely, Selectable } from 'kysely'
import type { AuditTables } from './audit/tables.ts'
import type { CertificateTables } from './certificates/tables.ts'
import type { HostTables } from './hosts/tables.ts'
import type { JobTables } from './jobs/tables.ts'
import type { PeopleTables } from './people/tables.ts'
import type { SecondFactorTables } from './sign-in/second-factor-tables.ts'
import type { SettingTables } from './settings/tables.ts'
import type { SsoTables } from './sign-in/sso-tables.ts'

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
