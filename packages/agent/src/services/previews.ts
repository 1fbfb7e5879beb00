import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Answer, Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { PackageManager, Plan, TransactionRequest } from '../package-manager.ts'
import type { JobStore } from '../store/jobs.ts'
import type { PreviewStore } from '../store/previews.ts'
import { digestOf, essence } from './digest.ts'
import { diskChanges, lookAtDisk, type LookAtDisk } from './disk.ts'
import { toInstall, toPatchApply, toUpdate } from './job-requests.ts'

type Deps = {
  store: JobStore
  previews: PreviewStore
  packageManager: PackageManager
  lookAtDisk?: LookAtDisk
}
type Transaction = Answer<AgentApi['previewInstall']>

/** The transaction that a request would run now. Nothing is changed, and no job made. */
export const previewService = (deps: Deps) => ({
  install: (input: Input<AgentApi['previewInstall']>) => preview(deps, toInstall(input)),
  update: (input: Input<AgentApi['previewUpdate']>) => preview(deps, toUpdate(input)),
  applyPatches: async (input: Input<AgentApi['previewPatches']>) =>
    preview(deps, (await toPatchApply(input, deps.packageManager)).request),
})

async function preview(deps: Deps, request: TransactionRequest): Promise<Transaction> {
  refuseAtWork(deps.store)
  const { packageManager } = deps
  const resolved = await packageManager.resolve(request)
  const isEmpty = resolved.packages.length === 0
  const plan = isEmpty ? nothing : await packageManager.plan(resolved)
  // What was begun meanwhile has spoilt it.
  refuseAtWork(deps.store)
  const digest = digestOf(plan.changes)
  deps.previews.add(digest, essence(plan.changes))
  return {
    digest,
    changes: plan.changes,
    download_bytes: plan.download_bytes,
    disk: await diskChanges(plan, deps.lookAtDisk ?? lookAtDisk),
    reboot_required: await wouldNeedReboot(packageManager, plan),
    services_to_restart: await packageManager.servicesOf(plan),
    rollback: await packageManager.canSave(plan),
  }
}

const nothing: Plan = { changes: [], download_bytes: 0, disk_bytes: 0 }

/** Half of what a transaction has unpacked is no state to plan from. */
function refuseAtWork(store: JobStore) {
  const job = store.next()
  if (!job || job.phase === 'queued') return
  throw new Failure('JOB_CONFLICT', 'A job is changing this host; ask again when it has ended.', {
    details: { reason: 'job_at_work', job_id: job.job_id },
  })
}

/** The patches know which packages a host only takes into use when it starts again. */
async function wouldNeedReboot(packageManager: PackageManager, { changes }: Plan) {
  const names = new Set(changes.map(({ name }) => name))
  if (names.size === 0) return false
  const patches = await packageManager.patches()
  return patches.some(
    ({ requires_reboot, affected_packages }) =>
      requires_reboot && affected_packages.some((name) => names.has(name)),
  )
}
