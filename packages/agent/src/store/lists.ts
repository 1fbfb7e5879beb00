import type { Database } from './open.ts'

export type ListStore = ReturnType<typeof listStore>

const KEEP = `INSERT INTO list_failures (only, message) VALUES (1, :message)
  ON CONFLICT (only) DO UPDATE SET message = :message`

/** What went wrong when the package lists were last fetched: old lists are shown as such until it goes well. */
export const listStore = (db: Database) => ({
  failure: (): string | null =>
    db.all<{ message: string }>('SELECT message FROM list_failures')[0]?.message ?? null,

  failed: (message: string) => void db.run(KEEP, { message }),
  succeeded: () => void db.run('DELETE FROM list_failures'),
})
