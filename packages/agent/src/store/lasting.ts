import { Failure } from '@linux-patch/shared/failure'
import { openDatabase, type Database } from './open.ts'

export type LastingDatabase = Database & {
  /**
   * Throws what is wrong: found by the first look, or met since, for as long as a look finds that it lasts. With
   * `anew` it looks again however short ago it did.
   */
  check(options?: { anew: boolean }): void
}

/** A look reads the whole file, and a monitor may knock every second. */
const LOOK_MS = 60_000

/**
 * Opens the database at the first use that can, so that an agent whose disk is full or read-only starts, says so,
 * and goes on by itself once that is mended. What it could not do it remembers: a question about how it is may be
 * answered from a cache long after the file was spoilt.
 */
export function lastingDatabase(path: string, now = () => performance.now()): LastingDatabase {
  let opened: Database | undefined
  let trouble: Failure | undefined
  // A read-only disk lets it be opened and read, and would be noticed by the first job only.
  let isProven = false
  let lookedAt: number | null = null
  const database = () => (opened ??= openDatabase(path))

  function noting<Answer>(work: () => Answer): Answer {
    try {
      return work()
    } catch (error) {
      if (error instanceof Failure && error.code === 'SERVICE_UNHEALTHY') trouble = error
      throw error
    }
  }

  const prove = () => noting(() => database().prove())

  return {
    prove,
    all: (sql, values) => noting(() => database().all(sql, values)),
    run: (sql, values) => noting(() => database().run(sql, values)),
    transaction: (work) => noting(() => database().transaction(work)),
    close: () => opened?.close(),

    check({ anew } = { anew: false }) {
      if (isProven && !trouble) return
      if (!anew && trouble && lookedAt !== null && now() - lookedAt < LOOK_MS) throw trouble
      lookedAt = now()
      prove()
      isProven = true
      trouble = undefined
      lookedAt = null
    },
  }
}
