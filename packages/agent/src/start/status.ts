import { accessSync, constants } from 'node:fs'
import { Failure } from '@linux-patch/shared/failure'
import type { Places } from '../config-places.ts'
import { version } from '../config.ts'
import type { PackageManager } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { healthService } from '../services/health.ts'
import type { Settings } from '../services/settings.ts'
import { readStatus } from '../services/status.ts'
import { statusText } from '../services/status-text.ts'
import { upkeepState } from '../services/upkeep-state.ts'
import { jobStore } from '../store/jobs.ts'
import { listStore } from '../store/lists.ts'
import { readDatabase } from '../store/open.ts'
import { healthOf } from './host.ts'

type Deps = { settings: Settings; packageManager: PackageManager; run: Run; places: Places }

const now = () => new Date()

/** How the host is, for whoever sits at it. It may be asked while the agent runs, and while it does not. */
export async function status({ settings, packageManager, run, places }: Deps): Promise<string> {
  refuseOutsiders(places)
  const stored = openStored(places)
  const health = healthService({
    ...healthOf(settings, upkeepState(places.upkeep)),
    damage: packageManager.damage,
    rebootReasons: packageManager.rebootReasons,
    jobs: () => stored.jobs().counts(),
    now,
    uptimeSeconds: process.uptime,
  })
  try {
    const found = await readStatus({
      version,
      now,
      run,
      packageManager,
      health: health.look,
      certificateUntil: () => settings.own.own()?.certificate.validToDate ?? null,
      jobs: () => stored.jobs().waitingOrRunning(),
      listsFailure: () => stored.lists().failure(),
    })
    return statusText(found)
  } finally {
    stored.close()
  }
}

/** Opened at the first question: on a host whose agent never ran there is nothing to open. */
function openStored({ database }: Places) {
  let open: ReturnType<typeof readDatabase> | undefined
  const opened = () => (open ??= readDatabase(database))
  return {
    jobs: () => jobStore(opened()),
    lists: () => listStore(opened()),
    close: () => open?.close(),
  }
}

/** To somebody who may not look, everything would seem to be missing. */
function refuseOutsiders({ state, certificates }: Places) {
  for (const folder of [state, certificates])
    try {
      accessSync(folder, constants.R_OK | constants.X_OK)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EACCES')
        throw new Failure('SERVICE_UNHEALTHY', `Only root may look into ${folder}.`)
    }
}
