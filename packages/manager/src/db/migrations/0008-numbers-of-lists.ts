import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../schema.ts'

const bigger = `
  alter table revocation_list alter column last_number type bigint, alter column number type bigint`

/** Lists are numbered by the time in seconds, which 32 bits do not hold for long. SQLite's integers have 64. */
export const numbersOfLists = (engine: Engine): Migration => ({
  async up(db) {
    if (engine === 'postgres') await sql.raw(bigger).execute(db)
  },
})
