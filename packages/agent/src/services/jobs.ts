import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Input } from '@linux-patch/shared/contract'
import type { Run } from '../run.ts'
import type { SnapshotStore } from '../store/snapshots.ts'
import { deleteJob, type Deleting } from './cancel.ts'
import {
  installAnswer,
  patchApplyAnswer,
  rebootAnswer,
  refreshAnswer,
  removeAnswer,
  rollbackAnswer,
  updateAnswer,
} from './job-answers.ts'
import { rebootOf, toInstall, toPatchApply, toRemove, toUpdate } from './job-requests.ts'
import type { Watcher } from './live.ts'
import type { Log } from './log.ts'
import { toReboot } from './reboot.ts'
import { toRollback } from './rollback.ts'
import { take, type Asked, type Asking, type TakingDeps } from './taking.ts'

export type JobDeps = TakingDeps & {
  snapshots: SnapshotStore
  run: Run
  log: Log
  /** Each job has a folder in here. */
  folder: string
  now?: () => Date
}

/** Takes jobs, says how they are, and takes them back. Running them is the runner's. */
export const jobService = (deps: JobDeps) => ({
  async install(input: Input<AgentApi['installPackages']>, call: Asking) {
    const { expected_digest } = input
    const prepare = () => ({ request: toInstall(input), expected_digest })
    return installAnswer(await take(deps, { operation: 'install', input, call }, prepare))
  },

  async update(input: Input<AgentApi['updatePackage']>, call: Asking) {
    const { expected_digest } = input
    const prepare = () => ({ request: toUpdate(input), expected_digest })
    return updateAnswer(await take(deps, { operation: 'update', input, call }, prepare))
  },

  async remove(input: Input<AgentApi['removePackage']>, call: Asking) {
    const prepare = () => ({ request: toRemove(input) })
    return removeAnswer(await take(deps, { operation: 'remove', input, call }, prepare))
  },

  async applyPatches(input: Input<AgentApi['applyPatches']>, call: Asking) {
    const { expected_digest } = input
    const asked: Asked = { operation: 'patch_apply', input, call }
    const prepare = async () => ({
      ...(await toPatchApply(input, deps.packageManager)),
      reboot: rebootOf(input),
      expected_digest,
    })
    return patchApplyAnswer(await take(deps, asked, prepare))
  },

  async refresh(input: Input<AgentApi['refreshPackages']>, call: Asking) {
    const prepare = () => ({ request: null })
    return refreshAnswer(await take(deps, { operation: 'refresh', input, call }, prepare))
  },

  async rollback(input: Input<AgentApi['rollbackJob']>, call: Asking) {
    const asked: Asked = { operation: 'rollback', input, call }
    return rollbackAnswer(await take(deps, asked, () => toRollback(deps, input.job_id)))
  },

  async reboot(input: Input<AgentApi['reboot']>, call: Asking) {
    const asked: Asked = { operation: 'reboot', input, call }
    const { now = () => new Date() } = deps
    return rebootAnswer(await take(deps, asked, () => toReboot({ ...deps, now }, input)))
  },

  delete: (input: Deleting) => deleteJob(deps, input),

  list: (input: Input<AgentApi['listJobs']>) => ({
    ...deps.store.list(input),
    limit: input.limit,
    offset: input.offset,
  }),

  get: ({ job_id }: Input<AgentApi['getJob']>) => deps.store.read(job_id),

  watch: (watcher: Watcher) => deps.live.watch(watcher),
})
