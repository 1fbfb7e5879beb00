import type { Saved, Snapshot } from '../package-manager.ts'
import type { Database } from './open.ts'

/** The packages before a job and after it. While it runs, `before` is all of them; later only what it touched. */
export type JobSnapshots = { before: Snapshot; after: Snapshot | null; saved: Saved }
export type SnapshotStore = ReturnType<typeof snapshotStore>
type Row = { before: string; after: string | null; saved: string }

const READ = `SELECT before, after, saved FROM job_snapshots WHERE job_id = :job_id`
const BEGIN = `INSERT INTO job_snapshots (job_id, before, saved) VALUES (:job_id, :before, :saved)
  ON CONFLICT (job_id) DO UPDATE SET before = :before, saved = :saved WHERE after IS NULL`
const END = `UPDATE job_snapshots SET before = :before, after = :after WHERE job_id = :job_id`

/** Apart from the jobs themselves, which are read twice a second. */
export const snapshotStore = (db: Database) => ({
  find(job_id: string): JobSnapshots | undefined {
    const [row] = db.all<Row>(READ, { job_id })
    return (
      row && {
        before: JSON.parse(row.before),
        after: row.after === null ? null : JSON.parse(row.after),
        saved: JSON.parse(row.saved),
      }
    )
  },

  /** How the host was, before the job changes anything. */
  begin(job_id: string, before: Snapshot, saved: Saved) {
    db.run(BEGIN, { job_id, before: JSON.stringify(before), saved: JSON.stringify(saved) })
  },

  end(job_id: string, before: Snapshot, after: Snapshot) {
    db.run(END, { job_id, before: JSON.stringify(before), after: JSON.stringify(after) })
  },
})
