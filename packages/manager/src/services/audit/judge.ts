import type { AuditFault, BadRow } from '@linux-patch/shared/audit'
import type { Chain } from '../../db/audit/chain.ts'
import type { AuditRow, AuditWalk } from '../../db/audit/walk.ts'

/** What the next row has to be. */
export type Expected = { seq: number; prev_hash: string }
type Judging = { walk: AuditWalk; chain: Chain }

export const bad = (
  fault: AuditFault,
  { seq, id = null }: { seq: number; id?: string | null },
  message: string,
): BadRow => ({ fault, seq, id, message })

/** What is wrong with a row at its place, if anything is. */
export async function judgeRow(
  judging: Judging,
  row: AuditRow,
  expected: Expected,
): Promise<BadRow | undefined> {
  if (row.seq > expected.seq) return missing(expected.seq)
  if (row.seq < expected.seq)
    return bad(
      'inserted',
      row,
      'This row cannot be here: its number belongs to another row, or to one that is no longer kept.',
    )
  if (judging.chain.hashOf(row) !== row.hash) return explain(judging, row, expected)
  if (row.prev_hash !== expected.prev_hash)
    return bad(
      'inserted',
      row,
      'This row was written after another row than the one that is before it.',
    )
  return undefined
}

export const missing = (seq: number) => bad('missing', { seq }, `There is no row ${seq}.`)

/** Why a row does not have the hash that it should. */
async function explain(judging: Judging, row: AuditRow, expected: Expected): Promise<BadRow> {
  const written = await numberOf(judging, row)
  if (written !== undefined)
    return bad('out_of_order', row, `This row was written as number ${written}.`)
  const next = await judging.walk.find(row.seq + 1)
  if (next?.prev_hash === expected.prev_hash)
    return bad(
      'inserted',
      row,
      'This row was not written by a manager: the next row was written after the one before it.',
    )
  return bad('altered', row, 'This row is not as it was written.')
}

/** The number that an unaltered row was written with: it follows the row that it names. */
async function numberOf({ walk, chain }: Judging, row: AuditRow): Promise<number | undefined> {
  const before = await walk.findByHash(row.prev_hash)
  const near = [(before?.seq ?? 0) + 1, row.seq - 1, row.seq + 1]
  return near.find((seq) => seq !== row.seq && chain.hashOf({ ...row, seq }) === row.hash)
}
