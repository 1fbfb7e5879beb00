import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Operation } from '@linux-patch/shared/agent-job'
import type { Call } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { PackageManager, Plan, TransactionRequest } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import type { JobStore } from '../store/jobs.ts'
import type { PreviewStore } from '../store/previews.ts'
import { refuseDrift } from './digest.ts'
import type { Prepared } from './job-requests.ts'
import type { LiveJobs } from './live.ts'

export type TakingDeps = {
  store: JobStore
  previews: PreviewStore
  live: LiveJobs
  packageManager: PackageManager
  /** Throws SERVICE_UNHEALTHY while what jobs are recorded in is damaged or cannot be written. */
  checkRecords: () => void
  /** Tells the runner that there is work. */
  wake: () => void
  /** How long a request waits for a plan that might refuse it at once. */
  plan_seconds?: number
}
/** What a job remembers of the request that made it. */
export type Asking = Pick<Call<{ identity: string }>, 'caller' | 'request_id' | 'idempotency_key'>
export type Asked = { operation: Operation; input: object; call: Asking }

/** Makes a job of a request, unless it can be refused before there is one. The same request makes no second one. */
export async function take(
  deps: TakingDeps,
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
  // Part of a damaged file may still be written, but not trusted.
  deps.checkRecords()
  // Before anything else: what the request asks for may be done by now, and would no longer resolve.
  const repeated = deps.store.findRepeated(asked)
  if (repeated) return repeated

  const prepared = await prepare()
  const request = prepared.request && (await resolve(deps, prepared.request, prepared))
  const again = deps.store.findRepeated(asked)
  if (again) return again
  prepared.confirm?.()
  const { request_id } = call
  const job = deps.live.add({ operation, request_id, ...asked, ...toNew(prepared, request) })
  deps.wake()
  return job
}

const toNew = (prepared: Prepared, request: TransactionRequest | null) => ({
  request,
  asked: prepared.request,
  names: prepared.names ?? namesOf(request),
  patches: prepared.patches ?? [],
  reboot: prepared.reboot ?? null,
  expected_digest: prepared.expected_digest ?? null,
  original_job_id: prepared.original_job_id ?? null,
  scheduled_at: prepared.scheduled_at ?? null,
})

const namesOf = (request: TransactionRequest | null) =>
  request ? [...request.packages.map(({ name }) => name), ...request.remove] : []

async function resolve(
  deps: TakingDeps,
  request: TransactionRequest,
  { expected_digest, original_job_id }: Prepared,
): Promise<TransactionRequest> {
  // What a job of the queue will leave, nobody knows: there the job itself finds out.
  if (original_job_id && !deps.store.isIdle()) return request
  const isEmpty = ({ packages, remove, files }: TransactionRequest) =>
    packages.length + remove.length + files.length === 0
  const resolved = isEmpty(request) ? request : await deps.packageManager.resolve(request)
  const check = (plan: Plan) => compare(deps, plan, expected_digest)
  if (isEmpty(resolved)) check({ changes: [], download_bytes: 0, disk_bytes: 0 })
  // While another job runs, packages are half unpacked and a plan would say so.
  else if (deps.store.isIdle()) await refuseEarly(deps, resolved, check)
  return resolved
}

function compare({ previews }: TakingDeps, { changes }: Plan, expected: string | undefined) {
  if (expected === undefined) return
  refuseDrift({ expected, changes, known: previews.find(expected) })
}

const REFUSALS = ['PKG_DEPENDENCY_ERROR', 'PKG_VERSION_CONFLICT', 'PKG_NOT_FOUND', 'PLAN_DRIFT']

/** A plan that is quick to fail refuses the request; a slow one, or any other trouble, is left to the job. */
async function refuseEarly(
  { packageManager, plan_seconds = 5 }: TakingDeps,
  request: TransactionRequest,
  check: (plan: Plan) => void,
) {
  const enough = new AbortController()
  const planned = packageManager
    .plan(request)
    .then(check)
    .then(
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
