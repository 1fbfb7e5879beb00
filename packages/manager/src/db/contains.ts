import { sql } from 'kysely'

/** A text for `like … escape '\'` that matches itself alone: `%` and `_` in it are no wildcards. */
export const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** Whether a column has this text in it. Capitals do not count. */
export const contains = (column: string, text: string) =>
  sql<boolean>`lower(${sql.ref(column)}) like lower(${`%${literal(text)}%`}) escape '\\'`
