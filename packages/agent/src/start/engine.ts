import type { Places } from '../config-places.ts'
import type { PackageManager } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { jobStore } from '../store/jobs.ts'
import { listStore } from '../store/lists.ts'
import { lastingDatabase } from '../store/lasting.ts'
import { previewStore } from '../store/previews.ts'
import { snapshotStore } from '../store/snapshots.ts'
import { jobService } from '../services/jobs.ts'
import { liveJobs } from '../services/live.ts'
import type { Log } from '../services/log.ts'
import { packageService } from '../services/packages.ts'
import { patchService } from '../services/patches.ts'
import { previewService } from '../services/previews.ts'
import { jobRunner } from '../services/runner.ts'
import type { Settings } from '../services/settings.ts'
import { readBootId } from '../services/system.ts'

type Deps = {
  settings: Settings
  packageManager: PackageManager
  run: Run
  places: Places
  log: Log
}
export type Engine = ReturnType<typeof engine>

/** The services of the agent, and the jobs they start, whether or not anybody can call yet. */
export function engine({ settings, packageManager, run, places, log }: Deps) {
  const database = lastingDatabase(places.database)
  const store = jobStore(database)
  const stores = {
    store,
    snapshots: snapshotStore(database),
    previews: previewStore(database),
    lists: listStore(database),
  }
  const boot_id = readBootId()
  const live = liveJobs({ store, log })
  const limits = {
    timeoutMinutes: () => settings.config.value().jobs.timeout_minutes,
    maxConcurrent: () => settings.config.value().jobs.max_concurrent,
  }
  const common = { ...stores, live, packageManager, run, log, folder: places.jobs, boot_id }
  const runner = jobRunner({ ...common, ...limits })

  return {
    jobs: jobService({
      ...common,
      wake: runner.wake,
      checkRecords: () => database.check({ anew: true }),
    }),
    previews: previewService(common),
    packages: packageService(common),
    patches: patchService(common),
    /** For health and metrics: how many jobs wait, are at work and have ended, when one began, and how fresh the lists are. */
    counts() {
      database.check()
      return store.counts()
    },
    startedAt: (job_id: string) => store.get(job_id).started_at,
    listsFailure: stores.lists.failure,

    /** Begins with what an agent before this one left unfinished. */
    start: runner.start,

    /** What runs in units of its own goes on, and is found again. */
    async stop() {
      await runner.stop()
      database.close()
    },
  }
}
