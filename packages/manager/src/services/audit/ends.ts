import type { BadRow } from '@linux-patch/shared/audit'
import type { AuditHead, Chain, ChainNote, Checkpoint } from '../../db/audit/chain.ts'
import type { AuditWalk } from '../../db/audit/walk.ts'
import { bad } from './judge.ts'

/** What says how far the chain goes, read at one moment. */
export type Ends = { head: AuditHead | undefined; checkpoints: Checkpoint[] }

/** A place in the chain whose hash somebody has signed, and what it means where that is another one. */
export type Mark = { seq: number; hash: string; otherwise: BadRow }

/** The newest checkpoint that is genuine: it says where the chain begins. */
export const newestSigned = (chain: Chain, { checkpoints }: Ends): Checkpoint | undefined =>
  checkpoints.findLast((checkpoint) => chain.isSigned(checkpoint))

export const isSound = (chain: Chain, head: AuditHead | undefined): head is AuditHead =>
  head !== undefined && chain.macOf(head) === head.mac

export const marksOf = (checkpoints: Checkpoint[], note: ChainNote | undefined): Mark[] => [
  ...checkpoints.map(({ number, seq, hash }) => ({
    seq,
    hash,
    otherwise: bad('checkpoint', { seq }, `Checkpoint ${number} was taken of another row ${seq}.`),
  })),
  ...(note ? [{ ...note, otherwise: forked(note) }] : []),
]

const forked = ({ seq, at }: ChainNote) =>
  bad(
    'outside',
    { seq },
    `Row ${seq} is not the one that the manager knew at ${at}: since then the database was put back to an older state.`,
  )

/** What is wrong with the checkpoints themselves. */
export function judgeCheckpoints(chain: Chain, ends: Ends): BadRow | undefined {
  for (const [index, checkpoint] of ends.checkpoints.entries()) {
    const { seq, number } = checkpoint
    if (number !== index + 1)
      return bad('checkpoint', { seq }, `Checkpoint ${index + 1} is missing.`)
    if (!chain.isSigned(checkpoint))
      return bad('checkpoint', { seq }, `Checkpoint ${number} is not as it was signed.`)
  }
  const [count, told] = [ends.checkpoints.length, ends.head?.checkpoints ?? 0]
  if (count >= told) return undefined
  return bad('checkpoint', { seq: ends.head?.seq ?? 0 }, `Checkpoint ${told} is missing.`)
}

/** What is wrong with the end of the chain, all rows up to it being right. */
export async function judgeEnd(
  chain: Chain,
  ends: Ends,
  { walk, last_hash }: { walk: AuditWalk; last_hash: string },
): Promise<BadRow | undefined> {
  if (!ends.head)
    return bad('head', { seq: 0 }, 'The row that says where the chain ends is missing.')
  const { seq, hash, checkpoints } = ends.head
  if (!isSound(chain, ends.head) || hash !== last_hash)
    return bad('head', { seq }, 'The row that says where the chain ends is not as it was written.')
  const beyond = await walk.beyondHead()
  if (beyond && chain.hashOf(beyond) === beyond.hash)
    return bad('head', beyond, `The chain goes on after row ${seq}, which was said to be its last.`)
  if (beyond) return bad('inserted', beyond, 'This row was not written by a manager.')
  if (ends.checkpoints.length <= checkpoints) return undefined
  return bad(
    'head',
    { seq },
    'There are more checkpoints than the end of the chain knows: the end was put back to an older state.',
  )
}

/** What the file outside says, all of the chain being right in itself. */
export function judgeNote(
  chain: Chain,
  { head }: Ends,
  note: ChainNote | undefined,
): BadRow | undefined {
  if (!note) return undefined
  if (!chain.isNoteSigned(note))
    return bad(
      'outside',
      { seq: note.seq },
      'The file that says what is known outside the database is not as the manager wrote it.',
    )
  if (head && note.seq <= head.seq) return undefined
  return bad(
    'outside',
    { seq: note.seq },
    `The manager knew row ${note.seq} at ${note.at}, and it is gone: since then the database was put back to an older state.`,
  )
}
