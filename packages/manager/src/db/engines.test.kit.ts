import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { dialectOf, engineOf } from './dialects.ts'
import { chainOf } from './audit/chain.ts'
import { migrationsFor } from './migrations.ts'
import { openDatabase, type Database } from './open.ts'
import { postgresServer } from './postgres-server.test.kit.ts'

/** For tests only: every engine there is, each of them the real one. */
export type TestEngine = {
  name: string
  /** For node:test: what this machine lacks, or false. */
  skip: string | false
  /** Where an empty database is, not opened yet. */
  place: () => Promise<{ url: string; remove: () => Promise<void> }>
  open: () => Promise<TestDatabase>
}
export type TestDatabase = Database &
  AsyncDisposable & {
    url: string
    /** SQL as somebody at the database's own prompt would type it. */
    run: (statement: string) => Promise<void>
    /** One step of the way from an older version, once more. */
    redo: (migration: string) => Promise<void>
  }

/** Of no manager. */
export const testChain = chainOf({
  mac_key: Buffer.alloc(32, 'test').toString('base64'),
  signing_key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIOWHpJ9bAgDOnQnaTza7wOyfFTz/0nCTdVDCtFuB7+hR
-----END PRIVATE KEY-----`,
})

async function sqlitePlace() {
  const folder = await mkdtemp(join(tmpdir(), 'lpm-sqlite-'))
  return {
    url: `sqlite:${join(folder, 'manager.sqlite')}`,
    remove: () => rm(folder, { recursive: true }),
  }
}

const engine = (name: string, skip: string | false, place: TestEngine['place']): TestEngine => ({
  name,
  skip,
  place,
  async open() {
    const { url, remove } = await place()
    const database = await (await openDatabase(url)).chained(testChain)
    return {
      ...database,
      url,
      run: (statement) => connectedTo(url, (db) => sql.raw(statement).execute(db)),
      redo: (migration) =>
        connectedTo(url, (db) => migrationsFor(engineOf(url))[migration]?.up(db)),
      async [Symbol.asyncDispose]() {
        await database.close()
        await remove()
      },
    }
  },
})

async function connectedTo(url: string, work: (db: Kysely<unknown>) => unknown) {
  const db = new Kysely<unknown>({ dialect: dialectOf(url) })
  try {
    await work(db)
  } finally {
    await db.destroy()
  }
}

type Needs = { skipWithout: (need: 'postgres') => string | false }
// By a computed name: the file lies outside this package, which the compiler would not have.
const needs = (await import(new URL('../../../../test/needs.ts', import.meta.url).href)) as Needs

export const engines: TestEngine[] = [
  engine('sqlite', false, sqlitePlace),
  engine('postgres', needs.skipWithout('postgres'), postgresServer().place),
]
