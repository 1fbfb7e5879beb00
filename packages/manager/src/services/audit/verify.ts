import { setImmediate as turn } from 'node:timers/promises'
import type { AuditIntegrity, BadRow } from '@linux-patch/shared/audit'
import type { Chain, ChainNote } from '../../db/audit/chain.ts'
import type { AuditRow } from '../../db/audit/walk.ts'
import type { Stores } from '../../db/open.ts'
import * as ends from './ends.ts'
import { judgeRow, missing, type Expected } from './judge.ts'

type Verifying = {
  stores: Pick<Stores, 'auditWalk' | 'auditCheckpoints'>
  chain: Chain
  /** What is known outside the database. */
  note: ChainNote | undefined
  /** Aborted when nobody waits for the verdict any more. */
  signal?: AbortSignal | undefined
}
type Walked = { checked: number; expected: Expected; first_bad: BadRow | undefined }

/** So few that whoever else wants the processor does not wait. */
const PAGE = 250
const EVERYTHING = 2 ** 31 - 1
/** How often what was read is read again where the chain was written to in between. */
const TRIES = 5

/** Walks along the whole chain, and says what is wrong first, if anything is. */
export async function verifyChain(verifying: Verifying): Promise<AuditIntegrity> {
  for (let tries = 1; ; tries++) {
    const { verdict, keeps_from } = await verifyOnce(verifying)
    // Rows that had their time may have gone while we walked.
    const kept = ends.newestSigned(verifying.chain, await readEnds(verifying))?.keeps_from ?? 1
    if (verdict.valid || kept <= keeps_from || tries === TRIES) return verdict
  }
}

async function verifyOnce(verifying: Verifying) {
  const { chain, note, stores } = verifying
  const read = await readEnds(verifying)
  const newest = ends.newestSigned(chain, read)
  const start = { seq: newest?.keeps_from ?? 1, prev_hash: newest?.kept_after ?? '' }
  const to = ends.isSound(chain, read.head) ? read.head.seq : EVERYTHING
  const marks = ends.marksOf(
    read.checkpoints.filter((checkpoint) => chain.isSigned(checkpoint)),
    note && chain.isNoteSigned(note) ? note : undefined,
  )
  const walked = await walk(verifying, { start, to, marks })
  const last_hash = walked.expected.prev_hash
  const bad_checkpoint = ends.judgeCheckpoints(chain, read)
  const first_bad =
    // One that is altered may be the one that says where the chain begins.
    (walked.checked === 0 ? bad_checkpoint : undefined) ??
    walked.first_bad ??
    (await ends.judgeEnd(chain, read, { walk: stores.auditWalk, last_hash })) ??
    bad_checkpoint ??
    ends.judgeNote(chain, read, note)
  const verdict: AuditIntegrity = {
    valid: first_bad === undefined,
    checked: walked.checked,
    from_seq: start.seq,
    first_bad: first_bad ?? null,
    head: read.head ?? null,
    last_checkpoint: newest ?? null,
    chained_to: read.head?.chained_to ?? 0,
    known_outside: note ?? null,
  }
  return { verdict, keeps_from: start.seq }
}

/** The end and the checkpoints as they belong together. */
async function readEnds({ stores }: Verifying): Promise<ends.Ends> {
  for (let tries = 1; ; tries++) {
    const head = await stores.auditWalk.head()
    const checkpoints = await stores.auditCheckpoints.list()
    if (checkpoints.length === head?.checkpoints || tries === TRIES) return { head, checkpoints }
  }
}

type Way = { start: Expected; to: number; marks: ends.Mark[] }

/** Judges row after row, until one is wrong or none is left. */
async function walk(verifying: Verifying, { start, to, marks }: Way): Promise<Walked> {
  const judging = { walk: verifying.stores.auditWalk, chain: verifying.chain }
  const at = Map.groupBy(marks, ({ seq }) => seq)
  const fault = ({ seq, prev_hash }: Expected) =>
    at.get(seq - 1)?.find(({ hash }) => hash !== prev_hash)?.otherwise
  let [checked, expected] = [0, start]
  const end = (first_bad?: BadRow): Walked => ({ checked, expected, first_bad })

  const forked = fault(start)
  if (forked) return end(forked)
  for await (const page of pagesUpTo(verifying, to))
    for (const row of page) {
      const bad = await judgeRow(judging, row, expected)
      if (bad) return end(bad)
      checked++
      expected = { seq: row.seq + 1, prev_hash: row.hash }
      const forked = fault(expected)
      if (forked) return end(forked)
    }
  const isCut = to !== EVERYTHING && expected.seq <= to
  return end(isCut ? missing(expected.seq) : undefined)
}

/** Rows by their numbers, a page at a time. Throws once nobody waits for the verdict. */
async function* pagesUpTo({ stores, signal }: Verifying, to: number): AsyncGenerator<AuditRow[]> {
  for (let last: AuditRow | undefined; ;) {
    signal?.throwIfAborted()
    // From the last one on: another with its number, which the database does not allow, shall show.
    const page = await stores.auditWalk.page(last?.seq ?? -EVERYTHING, to, PAGE)
    await turn()
    yield page.slice(page[0]?.id === last?.id ? 1 : 0)
    if (page.length < PAGE) return
    last = page.at(-1)
    await turn()
  }
}
