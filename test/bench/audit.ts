import { randomUUID } from 'node:crypto'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chainOf, newChainKeys } from '@linux-patch/manager/db/audit/chain'
import { openDatabase, type Database } from '@linux-patch/manager/db/open'
import { entryBySystem } from '@linux-patch/manager/services/audit/audit'
import { verifyChain } from '@linux-patch/manager/services/audit/verify'
import { interleave, time } from './measure.ts'
import { watchStalls } from './stalls.ts'
import type { Report } from './table.ts'

const ROUNDS = 5
const ROWS = 100_000
const PER_TRANSACTION = 500
const CHANGES = 200
const PAGE = 250

/** How long the audit is verified, beside reading the same rows alone, and what it keeps others waiting. */
export async function audit(): Promise<Report> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'lpm-bench-'))
  const chain = chainOf(newChainKeys())
  const opened = await openDatabase(`sqlite:${join(folder.path, 'manager.db')}`)
  const database = await opened.chained(chain)
  await fill(database)
  const { stores } = database
  const stalls: number[] = []
  const taken = await interleave(ROUNDS, {
    async verified() {
      const watch = watchStalls()
      const took = await time(async () => {
        const { valid, checked } = await verifyChain({ stores, chain, note: undefined })
        if (!valid || checked < ROWS) throw new Error('The chain is not as it was written.')
      })
      stalls.push(await watch.longest())
      return took
    },
    read: () => time(() => readAll(database)),
    async idle() {
      const watch = watchStalls()
      await wait(200)
      return watch.longest()
    },
    recorded: () => change(database, true),
    unrecorded: () => change(database, false),
  })
  await database.close()
  return {
    figures: [
      {
        unit: 'ms',
        ours: { name: 'audit of 100,000 rows verified', sample: taken.verified },
        beside: { name: 'the same rows read alone', sample: taken.read },
      },
      {
        unit: 'ms',
        ours: { name: 'longest wait of others meanwhile', sample: stalls },
        beside: { name: 'the same while nothing is done', sample: taken.idle },
      },
      {
        unit: 'ms',
        ours: { name: 'a small change, put on record', sample: taken.recorded },
        beside: { name: 'the same change alone', sample: taken.unrecorded },
      },
    ],
    notes: [],
  }
}

const entry = (number: number) =>
  entryBySystem(new Date(), {
    action: 'host_change',
    target_type: 'host',
    target_id: `host ${number}`,
    details: { notes: 'As long as what is usually said of a change.', tags: ['web', 'old'] },
  })

async function fill({ transaction }: Database) {
  for (let number = 0; number < ROWS; number += PER_TRANSACTION)
    await transaction(async ({ audit }) => {
      for (let more = 0; more < PER_TRANSACTION; more++) await audit.append(entry(number + more))
    })
}

async function readAll({ stores }: Database) {
  for (let from = 1; ;) {
    const last = (await stores.auditWalk.page(from, 2 ** 31 - 1, PAGE)).at(-1)
    if (!last) return
    from = last.seq + 1
  }
}

/** A change in a transaction of its own, of so many. */
async function change({ transaction }: Database, isRecorded: boolean) {
  const took = await time(async () => {
    for (let number = 0; number < CHANGES; number++)
      await transaction(async ({ secrets, audit }) => {
        await secrets.addOnce(randomUUID(), 'x')
        if (isRecorded) await audit.append(entry(number))
      })
  })
  return took / CHANGES
}
