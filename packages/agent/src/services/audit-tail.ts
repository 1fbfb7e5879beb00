import { existsSync, readFileSync } from 'node:fs'
import { BEGINNING, isIntact, readRecord, sha256, type Fields, type Link } from './audit-chain.ts'
import { readHead } from './audit-head.ts'

/** What is found at the end of the log before anything is written to it. */
export type Tail = {
  /** The record that the next one follows. */
  last: Link
  /** What is not as the agent left it: records that say so come first. */
  found: (Fields & { event: string })[]
  /** The file ends in the middle of a line, which stays as it is. */
  isOpen: boolean
}
type Files = { file: string; head: string }

/** Looks at the end of the log. Nothing is put right: what is wrong stays to be seen, and is written down. */
export function readTail({ file, head }: Files): Tail {
  const text = readText(file)
  // A file that was just turned over has not been begun again yet.
  const { last, rest } = text === '' ? lastOf(readText(`${file}.1`)) : lastOf(text)
  const found = rest === '' ? [] : [restOf(rest)]
  const known = readHead(head)
  const isOpen = text !== '' && !text.endsWith('\n')

  if (!known) {
    const isNew = known === null && last.seq === 0 && rest === ''
    return { last, isOpen, found: isNew ? found : [...found, { event: 'head_missing' }] }
  }
  if (known.seq < last.seq || known.hash === last.hash) return { last, isOpen, found }
  // The next number is the one after what was there, so that the gap stays to be seen.
  const broken = { event: 'chain_broken', last_seen: last.seq, last_known: known.seq }
  return { last: known, isOpen, found: [...found, broken] }
}

/** The last record that is as it was written, and what stands behind it. */
function lastOf(text: string): { last: Link; rest: string } {
  let end = text.length
  while (end > 0) {
    const start = text.lastIndexOf('\n', end - 2) + 1
    const record = text[end - 1] === '\n' ? readRecord(text.slice(start, end - 1)) : undefined
    if (record && isIntact(record)) return { last: record, rest: text.slice(end) }
    end = start
  }
  return { last: BEGINNING, rest: text }
}

/** One line without an end is what a crash leaves; anything else was done to the file. */
const restOf = (rest: string) => ({
  event: rest.includes('\n') ? 'damage_found' : 'cut_short',
  bytes: Buffer.byteLength(rest),
  sha256: sha256(rest),
})

const readText = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
