import { DatabaseSync } from 'node:sqlite'

/**
 * Takes what one process may have at a time, until it lets go or ends, however it ends; null where another has it.
 * Of all that Node comes with, only SQLite can lock a file in the kernel.
 */
export function takeLock(file: string, patience_ms = 0): Disposable | null {
  const sqlite = new DatabaseSync(file, { timeout: patience_ms })
  try {
    sqlite.exec('BEGIN EXCLUSIVE')
    return { [Symbol.dispose]: () => sqlite.close() }
  } catch (error) {
    sqlite.close()
    if ((error as { errcode?: number }).errcode === BUSY) return null
    throw error
  }
}

const BUSY = 5
