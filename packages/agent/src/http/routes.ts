import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Handlers } from '@linux-patch/shared/contract'
import type { Caller } from '../pki/peer.ts'
import type { healthService } from '../services/health.ts'
import type { jobService } from '../services/jobs.ts'
import type { packageService } from '../services/packages.ts'
import type { patchService } from '../services/patches.ts'
import type { systemService } from '../services/system.ts'

export type Services = {
  health: ReturnType<typeof healthService>
  jobs: ReturnType<typeof jobService>
  packages: ReturnType<typeof packageService>
  patches: ReturnType<typeof patchService>
  system: ReturnType<typeof systemService>
}

/** Which service answers which endpoint. */
export const routes = (services: Services): Handlers<AgentApi, Caller> => ({
  getHealth: () => services.health.get(),
  getSystemInfo: () => services.system.info(),
  listPackages: (input) => services.packages.list(input),
  getPackage: (input) => services.packages.get(input),
  installPackages: (input, call) => services.jobs.install(input, call),
  updatePackage: (input, call) => services.jobs.update(input, call),
  listPatches: (input) => services.patches.list(input),
  applyPatches: (input, call) => services.jobs.applyPatches(input, call),
  listJobs: (input) => services.jobs.list(input),
  getJob: (input) => services.jobs.get(input),
})
