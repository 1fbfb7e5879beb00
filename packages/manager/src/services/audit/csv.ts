/** One line of CSV (RFC 4180). What a spreadsheet would take for a formula is marked as text. */
export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map((cell) => quoted(plain(String(cell ?? '')))).join(',')}\r\n`

const plain = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
