import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'

/** Hosts renew their certificates by themselves, and say how their list of revoked ones is. */
export const certificatesThatFollow = (engine: Engine): Migration => {
  const text = engine === 'sqlite' ? 'text' : 'text collate "C"'
  return {
    async up(db) {
      for (const statement of statements(text)) await sql.raw(statement).execute(db)
    },
  }
}

const statements = (text: string) => [
  `alter table certificate add column renewal_wanted_at ${text}`,
  `alter table certificate add column expiry_told_at ${text}`,
  'create index certificate_by_replaced on certificate (replaces_id) where replaces_id is not null',
  `alter table host add column crl_state ${text}`,
]
