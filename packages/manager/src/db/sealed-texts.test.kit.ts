import { Kysely, sql } from 'kysely'
import { dialectOf } from './dialects.ts'

/** For tests only: whatever is sealed in any column of any table, as `table.column` and the sealed text. */
export async function sealedTexts(url: string): Promise<[place: string, sealed: string][]> {
  const db = new Kysely<Record<string, Record<string, unknown>>>({ dialect: dialectOf(url) })
  try {
    const found: [string, string][] = []
    for (const { name } of await db.introspection.getTables()) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(
        db,
      )
      for (const row of rows)
        for (const [column, text] of Object.entries(row))
          if (isSealed(text)) found.push([`${name}.${column}`, text])
    }
    return found
  } finally {
    await db.destroy()
  }
}

const isSealed = (text: unknown): text is string =>
  typeof text === 'string' && /^v1\.[\w-]{30,}$/.test(text)
