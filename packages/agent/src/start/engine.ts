import { join } from 'node:path'
import type { Places } from '../config-places.ts'
import type { PackageManager } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { jobStore } from '../store/jobs.ts'
import { lastingDatabase } from '../store/lasting.ts'
import { healthService } from '../services/health.ts'
import { jobService } from '../services/jobs.ts'
import { liveJobs } from '../services/live.ts'
import type { Log } from '../services/log.ts'
import { packageService } from '../services/packages.ts'
import { patchService } from '../services/patches.ts'
import { jobRunner } from '../services/runner.ts'
import type { Settings } from '../services/settings.ts'
import { readBootId, systemService } from '../services/system.ts'

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
  const database = lastingDatabase(join(places.state, 'agent.sqlite'))
  const store = jobStore(database)
  const live = liveJobs({ store, log })
  const timeoutMinutes = () => settings.config.value().jobs.timeout_minutes
  const common = { store, live, packageManager, run, log, timeoutMinutes }
  const runner = jobRunner({ ...common, folder: places.jobs, boot_id: readBootId() })

  return {
    jobs: jobService({ store, live, packageManager, wake: runner.wake }),
    packages: packageService({ packageManager }),
    patches: patchService({ packageManager, store }),
    system: systemService({ packageManager }),
    health: healthService({
      ...checksOf(settings),
      damage: packageManager.damage,
      jobs() {
        database.check()
        return store.counts()
      },
      now: () => new Date(),
      uptimeSeconds: process.uptime,
    }),

    /** Begins with what an agent before this one left unfinished. */
    start: runner.start,

    /** What runs in units of its own goes on, and is found again. */
    async stop() {
      await runner.stop()
      database.close()
    },
  }
}

const checksOf = ({ config, whitelist, list, own }: Settings) => ({
  configProblem: config.problem,
  whitelist: () => ({
    entries: whitelist.value(),
    problem: whitelist.problem(),
    unresolved: list.unresolved(),
  }),
  certificate: () => ({ certificate: own.own()?.certificate ?? null, problem: own.problem() }),
})
