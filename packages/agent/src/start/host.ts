import { readScheduledShutdown } from '../files/scheduled-shutdown.ts'
import type { PackageManager } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { healthService } from '../services/health.ts'
import { metricsService } from '../services/metrics.ts'
import { listSettled } from '../services/pending.ts'
import { reloadService } from '../services/reload.ts'
import { serviceStates } from '../services/services.ts'
import type { Settings } from '../services/settings.ts'
import { systemService } from '../services/system.ts'
import type { UpkeepState } from '../services/upkeep-state.ts'
import type { Engine } from './engine.ts'

type Deps = {
  settings: Settings
  packageManager: PackageManager
  run: Run
  engine: Pick<Engine, 'counts' | 'startedAt' | 'listsFailure'>
  upkeep: { state: UpkeepState; nudge: () => void }
}
export type Host = ReturnType<typeof host>

const now = () => new Date()

/** The services that say how the host and its agent are. */
export function host({ settings, packageManager, run, engine, upkeep }: Deps) {
  const certificate = () => settings.own.own()?.certificate ?? null
  return {
    health: healthService({
      ...healthOf(settings, upkeep.state),
      damage: packageManager.damage,
      rebootReasons: packageManager.rebootReasons,
      jobs: engine.counts,
      now,
      uptimeSeconds: process.uptime,
    }),
    metrics: metricsService({
      listing: async () => ({
        ...(await listSettled(packageManager)),
        lists_failure: engine.listsFailure(),
      }),
      rebootReasons: packageManager.rebootReasons,
      counts: engine.counts,
      startedAt: engine.startedAt,
      certificate,
      now,
    }),
    settings: reloadService({ settings, nudge: upkeep.nudge }),
    states: serviceStates({ packageManager, run }),
    system: systemService({ packageManager }),
  }
}

/** What health asks of the settings; the status of an agent asks the same without one that runs. */
export const healthOf = (settings: Settings, upkeep: UpkeepState) => ({
  configProblem: settings.problem,
  whitelist: () => ({
    entries: settings.whitelist.value(),
    problem: settings.whitelist.problem(),
    unresolved: settings.list.unresolved(),
  }),
  certificate: () => ({
    certificate: settings.own.own()?.certificate ?? null,
    problem: settings.own.problem(),
  }),
  scheduledShutdown: readScheduledShutdown,
  upkeep: upkeep.value,
  revoked: settings.revoked,
})
