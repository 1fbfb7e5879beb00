import { Failure } from '@linux-patch/shared/failure'
import type { AuditHead, Chain } from './chain.ts'
import type { Recorded } from './tables.ts'
import { lockedIn } from '../locked-in.ts'
import { isTaken } from '../lost-race.ts'
import type { Db, Engine } from '../schema.ts'

/** What the chain of one database is held by. */
export type Linking = { engine: Engine; chain: Chain }

const PAGE = 1000

/**
 * The end of the chain, which nobody moves until the transaction ends. It is the last thing that a transaction takes a
 * lock on, so that no two wait for each other.
 */
export async function holdHead(db: Db, { engine, chain }: Linking): Promise<AuditHead> {
  const { id: _one, ...head } = await lockedIn(engine)(
    db.selectFrom('audit_head').selectAll(),
  ).executeTakeFirstOrThrow(() => endIsWrong())
  // To go on from it would make it look right.
  if (chain.macOf(head) !== head.mac) throw endIsWrong()
  return head
}

/** Puts rows at the end of the chain, and answers where it ends then. The head itself stays where it was. */
export async function link(
  db: Db,
  { chain }: Linking,
  head: AuditHead,
  records: Recorded[],
): Promise<AuditHead> {
  let { seq, hash } = head
  const rows = records.map((record) => {
    const row = { ...record, seq: ++seq, prev_hash: hash }
    hash = chain.hashOf(row)
    return { ...row, hash }
  })
  try {
    for (let from = 0; from < rows.length; from += PAGE)
      await db
        .insertInto('audit')
        .values(rows.slice(from, from + PAGE))
        .execute()
  } catch (cause) {
    // Somebody else has written what comes next.
    throw isTaken(cause) ? endIsWrong({ cause }) : cause
  }
  return { ...head, seq, hash }
}

export async function moveHead(db: Db, { chain }: Linking, { mac: _old, ...head }: AuditHead) {
  await db
    .updateTable('audit_head')
    .set({ ...head, mac: chain.macOf(head) })
    .execute()
}

/** The last thing in a transaction: what it put on record. */
export async function append(db: Db, linking: Linking, records: Recorded[]): Promise<void> {
  if (records.length === 0) return
  const head = await holdHead(db, linking)
  await moveHead(db, linking, await link(db, linking, head, records))
}

/** The first manager whose key is open puts what earlier versions left into the chain. */
export async function beginChain(db: Db, linking: Linking): Promise<void> {
  const isBegun = async (db: Db) => {
    const query = lockedIn(linking.engine)(db.selectFrom('audit_head').select('mac'))
    return (await query.executeTakeFirst())?.mac !== ''
  }
  await db.transaction().execute(async (db) => {
    if (await isBegun(db)) return
    let head: AuditHead = { seq: 0, hash: '', checkpoints: 0, chained_to: 0, mac: '' }
    for await (const records of unchained(db)) head = await link(db, linking, head, records)
    await db.deleteFrom('audit_unchained').execute()
    await moveHead(db, linking, { ...head, chained_to: head.seq })
  })
}

async function* unchained(db: Db): AsyncGenerator<Recorded[]> {
  for (let last = ''; ;) {
    const page = db.selectFrom('audit_unchained').selectAll().where('id', '>', last)
    const records = await page.orderBy('id').limit(PAGE).execute()
    if (records.length === 0) return
    yield records
    last = records.at(-1)?.id ?? ''
  }
}

const endIsWrong = (options?: ErrorOptions) =>
  new Failure(
    'unavailable',
    'The end of the audit is not as it was written. Nothing can be put on record, so nothing is done. Run: linux-patch-manager audit verify',
    options,
  )
