import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Handlers } from '@linux-patch/shared/contract'
import type { Caller } from '../pki/peer.ts'
import type { HealthService } from '../services/health.ts'
import type { jobService } from '../services/jobs.ts'
import type { Metrics } from '../services/metrics.ts'
import type { packageService } from '../services/packages.ts'
import type { patchService } from '../services/patches.ts'
import type { previewService } from '../services/previews.ts'
import type { reloadService } from '../services/reload.ts'
import type { serviceStates } from '../services/services.ts'
import type { systemService } from '../services/system.ts'
import type { Allow } from './admit.ts'

export type Services = {
  health: Pick<HealthService, 'get'>
  jobs: ReturnType<typeof jobService>
  metrics: Pick<Metrics, 'text'>
  packages: ReturnType<typeof packageService>
  patches: ReturnType<typeof patchService>
  previews: ReturnType<typeof previewService>
  settings: ReturnType<typeof reloadService>
  states: ReturnType<typeof serviceStates>
  system: ReturnType<typeof systemService>
}

/** Which service answers which endpoint. */
export const routes = (services: Services, allow: Allow): Handlers<AgentApi, Caller> => ({
  getHealth: () => services.health.get(),
  getMetrics: () => services.metrics.text(),
  getSystemInfo: () => services.system.info(),
  listOutdatedServices: () => services.states.outdated(),
  getService: (input) => services.states.get(input),
  reloadConfig: () => services.settings.reload(),
  reboot: (input, call) => services.jobs.reboot(input, call),

  listPackages: (input) => services.packages.list(input),
  getPackage: (input) => services.packages.get(input),
  previewInstall: (input) => services.previews.install(input),
  previewUpdate: (input) => services.previews.update(input),
  installPackages: (input, call) => services.jobs.install(input, call),
  updatePackage: (input, call) => services.jobs.update(input, call),
  removePackage: (input, call) => services.jobs.remove(input, call),
  refreshPackages: (input, call) => services.jobs.refresh(input, call),

  listPatches: (input) => services.patches.list(input),
  previewPatches: (input) => services.previews.applyPatches(input),
  applyPatches(input, call) {
    // Whoever may patch could otherwise reboot a host that nobody may reboot.
    if (input.options.reboot) allow('reboot')
    return services.jobs.applyPatches(input, call)
  },

  listJobs: (input) => services.jobs.list(input),
  getJob: (input) => services.jobs.get(input),
  rollbackJob: (input, call) => services.jobs.rollback(input, call),
  deleteJob: (input) => services.jobs.delete(input),
})
