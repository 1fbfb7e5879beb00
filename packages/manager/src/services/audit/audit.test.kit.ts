import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testChain, type TestDatabase, type TestEngine } from '../../db/engines.test.kit.ts'
import { at } from '../../db/samples.test.kit.ts'
import { auditKeeping } from './keeping.ts'
import { readNote } from './note.ts'
import { verifyChain } from './verify.ts'
import { entryBySystem } from './audit.ts'

export const ROWS = 6
export const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** For tests only: a chain of six rows, as its manager knows it, without what would keep somebody from changing it. */
export async function chained({ open, name }: TestEngine) {
  const db = await open()
  const folder = mkdtempDisposableSync(join(tmpdir(), 'lpm-audit-'))
  const known_file = join(folder.path, 'audit-known.json')
  const clock = { at: new Date(at(100)) }
  const keeping = (retention: number | null = null, log = quiet) =>
    auditKeeping({
      stores: db.stores,
      chain: testChain,
      known_file,
      retentionDays: async () => retention,
      log,
      now: () => clock.at,
    })
  const append = (number: number) =>
    db.stores.audit.append({
      ...entryBySystem(new Date(at(number)), {
        action: `action ${number}`,
        target_type: 'test',
        target_id: number % 2 === 0 ? null : `target ${number}`,
      }),
      ip: number % 2 === 0 ? '192.0.2.1' : null,
    })
  for (let number = 1; number <= ROWS; number++) await append(number)
  for (const statement of name === 'sqlite' ? unprotected.sqlite : unprotected.postgres)
    await db.run(statement)
  const rows = () => db.stores.auditWalk.page(1, 1000, 1000)
  return {
    ...db,
    clock,
    known_file,
    append,
    rows,
    keep: (retention?: number | null, log = quiet) => keeping(retention, log)(),
    verify: async (chain = testChain) =>
      verifyChain({ stores: db.stores, chain, note: await readNote(known_file) }),
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]()
      await db[Symbol.asyncDispose]()
    },
  }
}
const unprotected = {
  sqlite: ['audit', 'audit_checkpoint'].flatMap((table) =>
    ['update', 'delete'].map((change) => `drop trigger ${table}_refuses_${change}`),
  ),
  postgres: ['audit', 'audit_checkpoint'].map(
    (table) => `alter table ${table} disable trigger all`,
  ),
}
type Chained = Awaited<ReturnType<typeof chained>>

const literal = (value: unknown) =>
  typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
export const set = (row: object) =>
  Object.entries(row)
    .map(([name, value]) => `${name} = ${literal(value)}`)
    .join(', ')
export const insert = (table: string, row: object) =>
  `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`

/** What a verification finds first. */
export async function found({ verify }: Chained) {
  const { first_bad, valid } = await verify()
  assert.equal(valid, first_bad === null)
  return first_bad ? `${first_bad.fault} ${first_bad.seq}` : 'nothing'
}
export const run = async ({ run }: TestDatabase | Chained, ...statements: string[]) => {
  for (const statement of statements) await run(statement)
}
