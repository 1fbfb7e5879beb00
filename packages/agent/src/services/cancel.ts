import { isFinal } from '@linux-patch/shared/agent-job'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Answer } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { PackageManager } from '../package-manager.ts'
import type { Run } from '../run.ts'
import type { JobPhase, StoredJob } from '../store/job-row.ts'
import type { JobStore } from '../store/jobs.ts'
import type { LiveJobs } from './live.ts'
import type { Log } from './log.ts'
import { callOff, disarm, rebootFlag } from './reboot-timer.ts'
import { failedResult } from './results.ts'
import { forget } from './retention.ts'

type Deps = {
  store: JobStore
  live: LiveJobs
  packageManager: Pick<PackageManager, 'onStop'>
  run: Run
  log: Log
  folder: string
}
export type Deleting = { job_id: string; cancel_only?: boolean }
type Deleted = Answer<AgentApi['deleteJob']>

/** Phases that can be left at once: nothing of the host has changed in them, or nothing is changing any more. */
const HARMLESS: JobPhase[] = ['queued', 'plan', 'download', 'refresh', 'prepare', 'reboot']

/**
 * Stops a job that has not ended: at once where that hurts nothing, else at the next place between two
 * installations. Forgets one that has ended. All of it is written in one step, so that nothing can begin between.
 */
export function deleteJob(deps: Deps, { job_id, cancel_only = false }: Deleting): Deleted {
  const job = deps.store.get(job_id)
  if (isFinal(job.status)) return cancel_only ? refuseEnded(job) : remove(deps, job)
  return HARMLESS.includes(job.phase) ? cancel(deps, job) : requestCancel(deps, job)
}

/** What fetches for it is ended by the runner, which sees that the job is not wanted any more. */
function cancel({ live, folder, run, log }: Deps, job: StoredJob): Deleted {
  const { job_id, status, phase } = job
  const waits = phase === 'queued' || phase === 'reboot'
  if (phase === 'reboot') {
    callOff(rebootFlag(folder, job_id))
    disarm(run, job_id).catch((error: unknown) =>
      log.error({ err: error, job_id }, 'a timer that reboots nothing any more is still there'),
    )
  }
  const message = messageOf(job)
  live.log(job_id, 'warning', message)
  const result = failedResult(job, { code: 'JOB_CANCELLED', message })
  live.move(job_id, 'cancel', { message, result, ...(waits ? { phase: 'over' } : {}) })
  return answer(job_id, status, 'cancelled', 'cancelled')
}

function messageOf({ phase, operation }: StoredJob): string {
  if (phase === 'queued') return 'Cancelled before it began.'
  if (phase !== 'reboot') return 'Cancelled before anything was installed.'
  return operation === 'reboot'
    ? 'The reboot was cancelled.'
    : 'Its changes are done; the reboot that was to follow was cancelled.'
}

function requestCancel(deps: Deps, { job_id, status, cancel_requested_at }: StoredJob): Deleted {
  const message = `Shall stop, and does so at the next place where that is safe: ${deps.packageManager.onStop}.`
  if (cancel_requested_at === null) deps.live.log(job_id, 'warning', message)
  deps.live.requestCancel(job_id, message)
  return answer(job_id, status, status, 'cancel_requested')
}

/** Whoever wants to stop a job that has just ended must not lose what it did. */
function refuseEnded({ status }: StoredJob): never {
  throw new Failure('JOB_CONFLICT', 'The job has ended already.', {
    details: { reason: 'has_ended', status },
  })
}

function remove(deps: Deps, job: StoredJob): Deleted {
  const { job_id, status, started_at, phase } = job
  // Whoever asks again because he heard no answer must not lose the job to it.
  if (status === 'cancelled' && started_at === null)
    throw new Failure('JOB_CANCELLED', 'The job was cancelled before it began.')
  const isNeeded = deps.store.rollbacksOf(job_id).some((one) => one.phase !== 'over')
  if (isNeeded || phase !== 'over')
    throw new Failure(
      'JOB_CONFLICT',
      isNeeded ? 'The job is just being taken back.' : 'Something of the job still runs.',
    )
  forget(deps, job_id)
  return answer(job_id, status, 'deleted', 'deleted')
}

const answer = (
  job_id: string,
  previous_status: Deleted['previous_status'],
  current_status: Deleted['current_status'],
  action: Deleted['action'],
): Deleted => ({ job_id, previous_status, current_status, action })
