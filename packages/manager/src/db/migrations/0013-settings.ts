import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'
import { table } from './table.ts'

const setting = `
  section text not null primary key,
  chosen text not null,
  sealed text,
  changed_at text`

/** What can be set while the manager runs. Each section has its row from the start, so that it can be locked. */
export const settingTable = (engine: Engine): Migration => ({
  async up(db) {
    await sql.raw(table(engine, 'setting', setting)).execute(db)
    await sql`insert into setting (section, chosen)
      values ('smtp', '{}'), ('oidc', '{}'), ('security', '{}'), ('audit', '{}')`.execute(db)
  },
})
