import type { PlannedChange } from '../package-manager.ts'
import type { Database } from './open.ts'

export type PreviewStore = ReturnType<typeof previewStore>

/** Enough for whoever looks before he applies. */
const KEPT = 200

const ADD = `INSERT INTO previews (digest, changes, seen_at) VALUES (:digest, :changes, :at)
  ON CONFLICT (digest) DO UPDATE SET seen_at = :at`
const CUT = `DELETE FROM previews WHERE digest NOT IN
  (SELECT digest FROM previews ORDER BY seen_at DESC, rowid DESC LIMIT ${KEPT})`
const FIND = `SELECT changes FROM previews WHERE digest = :digest`

/** The changes behind a digest that was given out, so that one who comes back with it can be told what is new. */
export const previewStore = (db: Database, now = () => new Date()) => ({
  add(digest: string, changes: PlannedChange[]) {
    db.transaction(() => {
      db.run(ADD, { digest, changes: JSON.stringify(changes), at: now().toISOString() })
      db.run(CUT)
    })
  },

  find(digest: string): PlannedChange[] | undefined {
    const [row] = db.all<{ changes: string }>(FIND, { digest })
    return row && JSON.parse(row.changes)
  },
})
