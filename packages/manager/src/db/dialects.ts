import { closeSync, openSync } from 'node:fs'
import SqliteDatabase from 'better-sqlite3'
import { CompiledQuery, PostgresDialect, SqliteDialect, type Dialect } from 'kysely'
import pg from 'pg'
import type { Engine } from './schema.ts'
import { storable } from './storable.ts'

const pragmas = [
  'journal_mode = WAL',
  'synchronous = NORMAL',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  'journal_size_limit = 67108864',
]

/** `sqlite:/path/to/file` or `postgres://user@host/database`. */
export function engineOf(url: string): Engine {
  if (url.startsWith('sqlite:')) return 'sqlite'
  if (/^postgres(ql)?:/.test(url)) return 'postgres'
  throw new Error('The database is named by sqlite:/a/path or postgres://user@host/database.')
}

/** Where a SQLite database is. */
export const fileOf = (url: string): string => url.replace(/^sqlite:(\/\/)?/, '')

/** `existing`: a SQLite file has to be there, and stays as it is as long as nothing is written. */
export const dialectOf = (url: string, { existing = false } = {}): Dialect =>
  withStorableText(engineOf(url) === 'sqlite' ? sqlite(url, existing) : postgres(url))

function sqlite(url: string, existing: boolean): Dialect {
  const path = fileOf(url)
  // Whoever makes the file decides who reads it; SQLite would leave that to the umask.
  if (!existing && path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const database = new SqliteDatabase(path, { timeout: 10_000, fileMustExist: existing })
  if (!existing) for (const pragma of pragmas) database.pragma(pragma)
  const dialect = new SqliteDialect({ database })
  return {
    ...methodsOf(dialect),
    createDriver() {
      const driver = dialect.createDriver()
      // Taken at the start, the lock is waited for; asked for half-way, it may be refused at once.
      driver.beginTransaction = async (connection) => {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'))
      }
      // A full disk has ended it already; to end it again would fail, and hide why.
      driver.rollbackTransaction = async (connection) => {
        if (database.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
      }
      return driver
    },
    // It can undo changes to tables, though its adapter says no; so migrations are all or nothing here too.
    createAdapter: () =>
      Object.create(dialect.createAdapter(), { supportsTransactionalDdl: { value: true } }),
  }
}

function postgres(url: string): Dialect {
  // Counts come as 64 bits, which the driver would hand on as text.
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    types,
  })
  // A connection that breaks while idle is replaced; unheard, its error would end the process.
  pool.on('error', () => {})
  // Of one that breaks at work, whoever works with it hears.
  pool.on('connect', (client) => client.on('error', () => {}))
  return methodsOf(new PostgresDialect({ pool }))
}

/** Every value passes `storable` on its way to the database. */
function withStorableText(dialect: Dialect): Dialect {
  return {
    ...dialect,
    createQueryCompiler() {
      const compiler = dialect.createQueryCompiler()
      return {
        compileQuery(node, id) {
          const query = compiler.compileQuery(node, id)
          return { ...query, parameters: query.parameters.map(storable) }
        },
      }
    },
  }
}

const methodsOf = (dialect: Dialect): Dialect => ({
  createDriver: () => dialect.createDriver(),
  createQueryCompiler: () => dialect.createQueryCompiler(),
  createAdapter: () => dialect.createAdapter(),
  createIntrospector: (db) => dialect.createIntrospector(db),
})
