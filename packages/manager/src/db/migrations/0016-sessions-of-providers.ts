import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const sso_logout = `
    token_hash text not null primary key,
    expires_at text not null`

/** Sessions know by which session at a provider they were opened, so that they can end with it. */
export const sessionsOfProviders = (engine: Engine): Migration => {
  const text = engine === 'sqlite' ? 'text' : 'text collate "C"'
  return {
    async up(db) {
      const statements = [
        table(engine, 'sso_logout', sso_logout),
        ...['session', 'sign_in_challenge'].map(
          (name) => `alter table ${name} add column sso_subject ${text}`,
        ),
        ...['session', 'sign_in_challenge', 'sso_handoff'].map(
          (name) => `alter table ${name} add column sso_sid ${text}`,
        ),
        'create index session_by_sso_subject on session (sso_subject)',
        'create index session_by_sso_sid on session (sso_sid)',
      ]
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
