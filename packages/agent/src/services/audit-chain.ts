import { createHash } from 'node:crypto'

export type Fields = Record<string, string | number | null>
/** What a record says of its place: which one it is, and which one came before. */
export type Link = { seq: number; hash: string }
export type AuditRecord = Fields & {
  seq: number
  at: string
  event: string
  prev_hash: string
  hash: string
}

/** What the very first record follows. */
export const BEGINNING: Link = { seq: 0, hash: '0'.repeat(64) }
const KIND = 'linux-patch-agent audit 1'

export const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')

/** The record that follows another one, as the line that is written. */
export function seal(before: Link, at: string, { event, ...fields }: Fields & { event: string }) {
  const unsigned = { seq: before.seq + 1, at, event, ...fields, prev_hash: before.hash }
  const record: AuditRecord = { ...unsigned, hash: hashOf(unsigned) }
  return { record, line: `${JSON.stringify(record)}\n` }
}

/**
 * Over every name and value in the order of the names, each with its length before it: so that no part of one can be
 * read as a part of its neighbour, and two records that differ never look alike.
 */
export function hashOf(record: Fields): string {
  const parts = Object.keys(record)
    .toSorted()
    .flatMap((name) => [name, JSON.stringify(record[name])])
  return sha256([KIND, ...parts].map((part) => `${Buffer.byteLength(part)}:${part},`).join(''))
}

/** Undefined where the line is not, letter by letter, what `seal` would have written of some record. */
export function readRecord(line: string): AuditRecord | undefined {
  const record = parse(line)
  if (!isRecord(record) || JSON.stringify(record) !== line) return undefined
  return record
}

export const isIntact = ({ hash, ...rest }: AuditRecord) => hashOf(rest) === hash

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is AuditRecord =>
  typeof value === 'object' &&
  value !== null &&
  'seq' in value &&
  Number.isSafeInteger(value.seq) &&
  ['at', 'event', 'prev_hash', 'hash'].every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'string',
  )
