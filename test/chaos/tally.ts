/** Counts what really happened, by two words each: `killed` `install`. */
export function tallyOf() {
  const counts = new Map<string, number>()
  const key = (what: string, how: string) => `${what} ${how}`
  const get = (what: string, how: string) => counts.get(key(what, how)) ?? 0
  return {
    get,
    /** How often the first word was counted, whatever the second. */
    of: (what: string) =>
      [...counts].reduce((sum, [one, times]) => sum + (one.startsWith(`${what} `) ? times : 0), 0),
    count: (what: string, how: string) => void counts.set(key(what, how), get(what, how) + 1),

    /** All that was counted, as a table: a row for each second word, a column for each first. */
    table(columns: string[], rows: string[]): string {
      const body = rows.map((row) => [row, ...columns.map((column) => `${get(column, row)}`)])
      return inColumns([['', ...columns], ...body])
    },
  }
}
export type Tally = ReturnType<typeof tallyOf>

function inColumns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  )
  const line = (row: string[]) =>
    row.map((cell, at) => (at ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
  return rows.map((row) => line(row).join('  ')).join('\n')
}
