import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Operation } from '@linux-patch/shared/agent-job'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Call, Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { PackageManager, TransactionRequest } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import type { JobStore } from '../store/jobs.ts'
import {
  installAnswer,
  patchApplyAnswer,
  toInstall,
  toPatchApply,
  toUpdate,
  updateAnswer,
  type Prepared,
} from './job-requests.ts'
import type { LiveJobs, Watcher } from './live.ts'

type Deps = {
  store: JobStore
  live: LiveJobs
  packageManager: PackageManager
  /** Tells the runner that there is work. */
  wake: () => void
  /** How long a request waits for a plan that might refuse it at once. */
  plan_seconds?: number
}
/** What a job remembers of the request that made it. */
type Asking = Pick<Call<{ identity: string }>, 'caller' | 'request_id' | 'idempotency_key'>
type Asked = { operation: Operation; input: object; call: Asking }

/** Takes jobs, and says how they are. Running them is the runner's. */
export const jobService = (deps: Deps) => ({
  install: async (input: Input<AgentApi['installPackages']>, call: Asking) =>
    installAnswer(await take(deps, { operation: 'install', input, call }, () => toInstall(input))),

  async update(input: Input<AgentApi['updatePackage']>, call: Asking) {
    const asked: Asked = { operation: 'update', input, call }
    return updateAnswer(await take(deps, asked, () => toUpdate(input)))
  },

  async applyPatches(input: Input<AgentApi['applyPatches']>, call: Asking) {
    const asked: Asked = { operation: 'patch_apply', input, call }
    return patchApplyAnswer(await take(deps, asked, () => toPatchApply(input, deps.packageManager)))
  },

  list: (input: Input<AgentApi['listJobs']>) => ({
    ...deps.store.list(input),
    limit: input.limit,
    offset: input.offset,
  }),

  get: ({ job_id }: Input<AgentApi['getJob']>) => deps.store.read(job_id),

  watch: (watcher: Watcher) => deps.live.watch(watcher),
})

async function take(
  deps: Deps,
  { operation, input, call }: Asked,
  prepare: () => Prepared | Promise<Prepared>,
): Promise<StoredJob> {
  const asked = {
    caller: call.caller.identity,
    idempotency_key: call.idempotency_key,
    request_hash: createHash('sha256')
      .update(JSON.stringify([operation, input]))
      .digest('hex'),
  }
  // First of all: what the request asks for may be done by now, and would no longer resolve.
  const repeated = deps.store.findRepeated(asked)
  if (repeated) return repeated

  const { request, patches } = await prepare()
  const resolved = request.packages.length === 0 ? request : await resolve(deps, request)
  const { request_id } = call
  const job = deps.live.add({ operation, request: resolved, patches, request_id, ...asked })
  deps.wake()
  return job
}

async function resolve(deps: Deps, request: TransactionRequest): Promise<TransactionRequest> {
  const resolved = await deps.packageManager.resolve(request)
  // While another job runs, packages are half unpacked and a plan would say so.
  if (resolved.packages.length > 0 && deps.store.waitingOrRunning().length === 0)
    await refuseEarly(deps, resolved)
  return resolved
}

const REFUSALS = ['PKG_DEPENDENCY_ERROR', 'PKG_VERSION_CONFLICT', 'PKG_NOT_FOUND']

/** A plan that is quick to fail refuses the request; a slow one, or any other trouble, is left to the job. */
async function refuseEarly(
  { packageManager, plan_seconds = 5 }: Deps,
  request: TransactionRequest,
) {
  const enough = new AbortController()
  const planned = packageManager.plan(request).then(
    () => undefined,
    (error: unknown) => error,
  )
  const patience = delay(plan_seconds * 1000, undefined, { signal: enough.signal }).catch(
    () => undefined,
  )
  const refusal = await Promise.race([planned, patience])
  enough.abort()
  if (!(refusal instanceof Failure) || !REFUSALS.includes(refusal.code)) return
  // On a damaged host every plan fails; the job repairs it first.
  const { interrupted, broken_packages } = await packageManager.damage()
  if (!interrupted && broken_packages.length === 0) throw refusal
}
