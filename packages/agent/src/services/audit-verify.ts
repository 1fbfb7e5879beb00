import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import {
  BEGINNING,
  isIntact,
  readRecord,
  sha256,
  type AuditRecord,
  type Link,
} from './audit-chain.ts'
import { OLD_FILES } from './audit-file.ts'
import { readHead } from './audit-head.ts'

export type Place = { file: string; line: number; why: string }
export type Verdict = { records: number; last: Link | null; crashes: Place[]; bad: Place | null }
/** The log that is written to, and the note of how far it went. */
type Whole = { file: string; head: string }
type Line = { file: string; line: number; text: string; isEnded: boolean }
type Walk = {
  lines: Line[]
  /** Every number that stands anywhere. */
  numbers: Set<number>
  seen: Map<number, string>
  last: Link | null
  crashes: Place[]
}

/** What the agent wrote down itself of a log that was not as it had left it. */
const FINDINGS: Record<string, string> = {
  damage_found: 'says that the agent found lines before it that were not as it had written them',
  chain_broken: 'says that the agent found the end of its log cut off or replaced',
  head_missing: 'says that the agent found no note of how far its log went: the end may be missing',
}

/** The files of the log that there are, the oldest first. */
export function auditFiles(file: string): string[] {
  const names = namesIn(dirname(file))
  return Array.from({ length: OLD_FILES }, (_, index) => `${file}.${OLD_FILES - index}`)
    .concat(file)
    .filter((one) => names.includes(basename(one)))
}

/** Who may not look must not hear that there is nothing. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/**
 * Follows the chain through these files, and says which line is the first that does not belong to it. With `whole`
 * they must be the whole log: then it is also seen whether its beginning or its end is missing, or all of it.
 */
export function verifyAudit(files: string[], whole: Whole | null): Verdict {
  const lines = files.flatMap(linesOf)
  const numbers = new Set(lines.map(({ text }) => readRecord(text)?.seq ?? 0))
  const walk: Walk = { lines, numbers, seen: new Map(), last: null, crashes: [] }
  const bad = walkAlong(walk) ?? (whole && checkEnds(walk, files, whole))
  return { records: walk.seen.size, last: walk.last, crashes: walk.crashes, bad }
}

function walkAlong(walk: Walk): Place | null {
  for (const [index, line] of walk.lines.entries()) {
    const { file, line: number } = line
    const next = readRecord(walk.lines[index + 1]?.text ?? '')
    if (next?.event === 'cut_short' && next['sha256'] === sha256(line.text)) {
      const why = 'was cut short by a crash, as the next line says'
      walk.crashes.push({ file, line: number, why })
      continue
    }
    const why = take(walk, line)
    if (why) return { file, line: number, why }
  }
  return null
}

/** Takes the line into the chain, or says why it cannot. */
function take(walk: Walk, { text, isEnded }: Line): string | null {
  if (!isEnded) return 'ends in the middle: it was cut off'
  const record = readRecord(text)
  if (!record) return 'is no record of the agent: it was changed or inserted'
  if (!isIntact(record)) return 'was changed: it does not have the hash that it names'
  const why = misplaced(walk, record) ?? FINDINGS[record.event] ?? null
  if (why) return why
  walk.last = record
  walk.seen.set(record.seq, record.hash)
  return null
}

function misplaced({ last, seen, numbers }: Walk, { seq, prev_hash }: AuditRecord): string | null {
  // The first that is kept is taken at its word, unless it says that it is the first of all.
  const before = last ?? (seq === 1 ? BEGINNING : { seq: seq - 1, hash: prev_hash })
  const expected = before.seq + 1
  const wrong = `has the number ${seq} where ${expected} belongs`
  if (seen.has(seq)) return `${wrong}, which came before: a line was inserted or moved`
  if (seq !== expected && numbers.has(expected)) return `${wrong}, which comes later: it was moved`
  if (seq !== expected) return `${wrong}: lines before it were removed`
  return prev_hash === before.hash ? null : 'does not follow the line before it: one was replaced'
}

function checkEnds({ lines, seen, last }: Walk, files: string[], whole: Whole): Place | null {
  const { head } = whole
  const file = files.at(-1) ?? whole.file
  const [first = 1] = seen.keys()
  if (first !== 1 && files.length <= OLD_FILES)
    return {
      file: files[0] ?? file,
      line: 1,
      why: `has the number ${first}: those before it are gone`,
    }

  const end = { file, line: lines.filter((line) => line.file === file).length + 1 }
  const known = readHead(head)
  if (!known)
    return last && { ...end, why: `cannot be told to be the end: ${head} is missing or wrong` }
  if (known.seq > (last?.seq ?? 0))
    return { ...end, why: `is missing: the lines up to number ${known.seq} were cut off` }
  const isOther = seen.has(known.seq) && seen.get(known.seq) !== known.hash
  return isOther
    ? { ...end, why: `follows another number ${known.seq} than the agent wrote` }
    : null
}

function linesOf(file: string): Line[] {
  const parts = readFileSync(file, 'utf8').split('\n')
  const rest = parts.pop() ?? ''
  const lines = parts.map((text, index) => ({ file, line: index + 1, text, isEnded: true }))
  return rest === ''
    ? lines
    : [...lines, { file, line: lines.length + 1, text: rest, isEnded: false }]
}
