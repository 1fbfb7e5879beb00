import type { AuditRecord } from '../../db/audit/audit.ts'
import { csvLine } from './csv.ts'

type Pages = AsyncIterable<AuditRecord[]>

const columns = [
  'seq',
  'id',
  'at',
  'actor_type',
  'actor_id',
  'actor_name',
  'action',
  'target_type',
  'target_id',
  'outcome',
  'ip',
  'request_id',
  'details',
  'prev_hash',
  'hash',
] as const

/** How pages of the record are written, one after the other. */
export const auditFile = {
  csv: {
    type: 'text/csv; charset=utf-8',
    async *pieces(pages: Pages): AsyncGenerator<string> {
      yield csvLine(columns)
      for await (const page of pages) yield page.map(lineOf).join('')
    },
  },
  json: {
    type: 'application/json; charset=utf-8',
    async *pieces(pages: Pages): AsyncGenerator<string> {
      let rows = 0
      yield '{"entries":['
      for await (const page of pages) {
        const separator = rows === 0 ? '\n' : ',\n'
        yield separator + page.map((record) => JSON.stringify(record)).join(',\n')
        rows += page.length
      }
      yield `\n],"rows":${rows}}\n`
    },
  },
}

const lineOf = (record: AuditRecord) =>
  csvLine(
    columns.map((column) =>
      column === 'details' ? JSON.stringify(record.details) : record[column],
    ),
  )
