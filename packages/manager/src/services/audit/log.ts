import type { AuditFilter } from '@linux-patch/shared/audit'
import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { AuditRecord } from '../../db/audit/audit.ts'
import type { Stores } from '../../db/open.ts'
import { entryFor } from './audit.ts'
import { auditFile } from './file.ts'
import type { ManagerCall } from '../caller.ts'

type Deps = { stores: Stores; now: () => Date }

const PAGE = 500
/** As far as a column of numbers goes. */
const HIGHEST = 2 ** 31 - 1

/** The record as people read it and take it away. */
export function auditLog({ stores, now }: Deps) {
  const { audit, auditList, auditWalk } = stores

  async function list({ cursor, limit, ...filter }: Input<ManagerApi['listAudit']>) {
    const below = cursor === undefined ? undefined : readCursor(cursor)
    const rows = await auditList.list(filter, { below, limit: limit + 1 }, 'desc')
    const entries = rows.slice(0, limit)
    const last = entries.at(-1)
    return { entries, next_cursor: last && rows.length > limit ? cursorOf(last) : null }
  }

  /** What there is when it begins, also that it was taken away. */
  async function exportAll(
    { format, ...filter }: Input<ManagerApi['exportAudit']>,
    call: ManagerCall,
  ) {
    const below = ((await auditWalk.head())?.seq ?? 0) + 1
    const rows = await auditList.count(filter, below)
    const details = { format, rows, filter }
    const what = { action: 'audit_export', target_type: 'audit', target_id: null, details }
    await audit.append(entryFor(call, now(), what))
    const { type, pieces } = auditFile[format]
    Object.assign(call.headers, {
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="audit.${format}"`,
      'X-Row-Count': `${rows}`,
    })
    return pieces(pagesOf(filter, { below, rows }))
  }

  async function* pagesOf(
    filter: AuditFilter,
    { below, rows }: { below: number; rows: number },
  ): AsyncGenerator<AuditRecord[]> {
    let sent = 0
    for (let above = 0; ;) {
      const page = await auditList.list(filter, { above, below, limit: PAGE }, 'asc')
      const last = page.at(-1)
      if (!last) break
      yield page
      sent += page.length
      above = last.seq
    }
    if (sent !== rows)
      throw new Error(
        'Rows of the audit were removed, because of their age, while they were exported.',
      )
  }

  return { list, export: exportAll }
}

const cursorOf = ({ seq }: AuditRecord) => Buffer.from(`seq:${seq}`).toString('base64url')

function readCursor(cursor: string): number {
  const [, seq] = /^seq:(\d{1,10})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (seq !== undefined && Number(seq) <= HIGHEST) return Number(seq)
  throw new Failure('invalid_request', 'The cursor must be the next_cursor of an earlier answer.', {
    details: { fields: ['cursor'] },
  })
}
