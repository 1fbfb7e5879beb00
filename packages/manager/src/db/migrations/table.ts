import type { Engine } from '../schema.ts'

/**
 * SQLite gets its strict tables, which keep to the type of a column. PostgreSQL gets the collation that
 * compares bytes as SQLite does: one order on both, which no upgrade of the system's locales can change.
 */
export const table = (engine: Engine, name: string, columns: string): string =>
  engine === 'sqlite'
    ? `create table "${name}" (${columns}) strict`
    : `create table "${name}" (${columns.replaceAll(/ text\b/g, ' text collate "C"')})`
