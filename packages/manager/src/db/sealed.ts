import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { Kysely } from 'kysely'
import { dialectOf, engineOf, fileOf } from './dialects.ts'
import type { Schema } from './schema.ts'
import { secretStore } from './secrets.ts'

/**
 * A sealed secret of a database that is only looked at: it is neither made nor brought up to date.
 * `canBeMade` hears of the folder that its file would be made in.
 */
export async function readSealed(
  url: string,
  name: string,
  canBeMade: (folder: string) => Promise<void>,
): Promise<string | undefined> {
  const file = engineOf(url) === 'sqlite' ? fileOf(url) : undefined
  if (file !== undefined && !existsSync(file)) {
    await canBeMade(dirname(file))
    return undefined
  }
  const db = new Kysely<Schema>({ dialect: dialectOf(url, { existing: true }) })
  try {
    const tables = await db.introspection.getTables()
    const isEmpty = !tables.some((table) => table.name === 'secret')
    return isEmpty ? undefined : await secretStore(db, engineOf(url)).find(name)
  } finally {
    await db.destroy()
  }
}
