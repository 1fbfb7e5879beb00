import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Failure } from '@linux-patch/shared/failure'
import { migrations } from './migrations.ts'

type Values = Record<string, SQLInputValue>

/** The agent's database. What goes wrong with the file or the disk is a SERVICE_UNHEALTHY, never a half-made change. */
export type Database = {
  all<Row>(sql: string, values?: Values): Row[]
  /** Answers how many rows it changed. */
  run(sql: string, values?: Values): number
  /** All of it or nothing. One within another is part of the outer one. */
  transaction<Answer>(work: () => Answer): Answer
  /** Throws where the file cannot be read as a whole, or not be written. */
  prove(): void
  close(): void
}

/** The journal is emptied early and shortened then, or a talkative job would leave it large for ever. */
const SETTINGS = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
  PRAGMA wal_autocheckpoint = 250; PRAGMA journal_size_limit = 1048576`

/** Opens the file, and makes it and its folder where they are not there yet. */
export function openDatabase(path: string): Database {
  return guarded(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const sqlite = new DatabaseSync(path, { timeout: 5000 })
    const database = wrap(sqlite)
    try {
      if ((statSync(path).mode & 0o777) !== 0o600) chmodSync(path, 0o600)
      sqlite.exec(SETTINGS)
      migrate(database)
      return database
    } catch (error) {
      sqlite.close()
      throw error
    }
  })
}

/** Opens the file to look at it: nothing is made, changed or brought up to date, whoever writes to it meanwhile. */
export const readDatabase = (path: string): Database =>
  guarded(() => wrap(new DatabaseSync(path, { readOnly: true, timeout: 5000 })))

function wrap(sqlite: DatabaseSync): Database {
  const prepared = new Map<string, StatementSync>()
  function prepare(sql: string) {
    const statement = prepared.get(sql) ?? sqlite.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  return {
    all: <Row>(sql: string, values: Values = {}) =>
      guarded(() => prepare(sql).all(values) as Row[]),
    run: (sql, values = {}) => guarded(() => Number(prepare(sql).run(values).changes)),
    transaction: (work) => guarded(() => inTransaction(sqlite, work)),
    prove: () => guarded(() => prove(sqlite)),
    close: () => sqlite.close(),
  }
}

function inTransaction<Answer>(sqlite: DatabaseSync, work: () => Answer): Answer {
  if (sqlite.isTransaction) return work()
  sqlite.exec('BEGIN IMMEDIATE')
  try {
    const answer = work()
    sqlite.exec('COMMIT')
    return answer
  } catch (error) {
    // A full disk has rolled it back already.
    if (sqlite.isTransaction) sqlite.exec('ROLLBACK')
    throw error
  }
}

function prove(sqlite: DatabaseSync) {
  const answer = sqlite.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (answer !== 'ok') throw unhealthy(`is damaged: ${String(answer)}`)
  // The same number again: what matters is that it reaches the disk.
  sqlite.exec(`PRAGMA user_version = ${migrations.length}`)
}

function migrate(database: Database) {
  // Not a byte is written where nothing is new: a full disk must not keep an agent from its start.
  if (versionOf(database) === migrations.length) return
  database.transaction(() => {
    const user_version = versionOf(database)
    if (user_version > migrations.length)
      throw unhealthy('was written by a newer agent; install that one, or a newer one, again')
    for (const [index, statements] of migrations.entries())
      if (index >= user_version) for (const statement of statements) database.run(statement)
    database.run(`PRAGMA user_version = ${migrations.length}`)
  })
}

function versionOf(database: Database): number {
  const [row] = database.all<{ user_version: number }>('PRAGMA user_version')
  return row?.user_version ?? 0
}

const unhealthy = (why: string, cause?: unknown) =>
  new Failure('SERVICE_UNHEALTHY', `The agent's database ${why}.`, { cause })

/** SQLite's result codes; the higher bits of a code only say more about the same. */
const reasons: Record<number, string> = {
  5: 'is busy',
  8: 'cannot be written',
  10: 'could not be read or written: the disk is full or has failed',
  11: 'is damaged',
  13: 'cannot grow: the disk is full',
  14: 'cannot be opened',
  26: 'is damaged: the file is no database',
}
const CONSTRAINT = 19

function guarded<Answer>(work: () => Answer): Answer {
  try {
    return work()
  } catch (error) {
    // A broken constraint is a mistake of ours, not of the disk.
    if (isFileError(error)) throw unhealthy(`cannot be opened: ${error.message}`, error)
    if (!isSqliteError(error) || (error.errcode & 0xff) === CONSTRAINT) throw error
    throw unhealthy(reasons[error.errcode & 0xff] ?? `failed: ${error.message}`, error)
  }
}

const isSqliteError = (error: unknown): error is Error & { errcode: number } =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'

/** From the folder or the file itself, before SQLite has a say. */
const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error
