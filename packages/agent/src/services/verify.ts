import type { AgentJobResult } from '@linux-patch/shared/agent-job'
import type { Snapshot } from '../package-manager.ts'
import type { StoredJob } from '../store/job-row.ts'
import { giveMarksBack } from './marks.ts'
import type { Next } from './next.ts'
import { reasonsOf } from './reasons.ts'
import { failedResult } from './results.ts'
import { notRestored, wayBack } from './restored.ts'
import { isUnwanted, pause, type Running } from './running.ts'
import { isWellEnded, judge } from './verdict.ts'

/** Reads back what became of a job, and ends it with that. One that had ended before gets its result corrected. */
export async function verify(running: Running, job: StoredJob): Promise<Next> {
  const { live } = running
  const { job_id } = job
  const verdict = job.request ? await lookAtPackages(running, job) : toResult(running, job)
  if (running.store.get(job_id).status === 'running') return end(running, job, verdict)

  // Why it was given up stays; what it had done by then is known only now.
  const { result, status, message } = running.store.get(job_id)
  const error = result?.error ?? verdict.error
  const words = status === 'timeout' ? `${message} It has ended since.` : message
  live.settle(job_id, { ...verdict, success: false, error }, words)
  return { phase: 'over' }
}

async function lookAtPackages(running: Running, job: StoredJob): Promise<AgentJobResult> {
  const { job_id, status } = job
  if (status === 'running')
    running.live.record(job_id, { progress_percent: 98, message: 'Checks what was done.' })
  const found = await readSnapshot(running)
  const isChanged = await giveMarksBack(running, job, found)
  const snapshot = isChanged ? await readSnapshot(running) : found
  const reasons = await rebootReasons(running, job_id)
  return judge(job, {
    snapshot,
    // Not to know is not to say that none is needed.
    reboot_required: reasons === undefined || reasons.length > 0,
    errors: job.ended?.said ?? reasonsOf(running, job_id, job.ended?.overcome),
    not_restored: notRestored(running, job, snapshot),
    rollback: wayBack(running, job, snapshot),
  })
}

function toResult(running: Running, job: StoredJob): AgentJobResult {
  const { ended } = job
  const message = running.lists.failure() ?? 'The package lists could not be fetched.'
  const failed = failedResult(job, { code: 'PKG_MANAGER_ERROR', message })
  if (ended && isWellEnded(ended, ended.phase)) return { ...failed, success: true, error: null }
  if (ended?.result !== 'cancelled') return failed
  return { ...failed, error: { code: 'JOB_CANCELLED', message: 'It was cancelled.' } }
}

async function end(running: Running, job: StoredJob, result: AgentJobResult): Promise<Next> {
  const { live } = running
  const { job_id } = job
  const message = result.success ? praise(job) : (result.error?.message ?? '')
  live.log(job_id, result.success ? 'info' : 'error', message)
  const reboot = result.success ? await rebootAfter(running, job, result) : undefined
  if (reboot) return reboot
  const stopped = result.error?.code === 'JOB_CANCELLED'
  const move = result.success ? 'complete' : stopped ? 'cancel' : 'fail'
  live.move(job_id, move, { message, result, phase: 'over' })
  return { phase: 'over' }
}

function praise({ request, plan }: StoredJob): string {
  if (!request) return 'The package lists are new.'
  const changes = plan?.changes.length ?? 0
  if (changes === 0) return 'There was nothing to do.'
  return changes === 1 ? 'The change is done.' : `All ${changes} changes are done.`
}

/** Only if the host says so itself, and not for a job that somebody wants to end. */
async function rebootAfter(
  running: Running,
  { job_id, reboot }: StoredJob,
  result: AgentJobResult,
): Promise<Next | undefined> {
  if (!reboot || isUnwanted(running, job_id)) return undefined
  const reasons = await rebootReasons(running, job_id)
  if (!reasons?.length || isUnwanted(running, job_id)) return undefined
  const due = new Date(running.now().getTime() + reboot.delay_seconds * 1000).toISOString()
  running.live.record(job_id, { progress_percent: 99, message: `Done; reboots at ${due}.` })
  return { phase: 'reboot', result, scheduled_at: due }
}

const TRIES = 3

async function readSnapshot(running: Running): Promise<Snapshot> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await running.packageManager.snapshot()
    } catch (error) {
      if (tried === TRIES) throw error
      running.log.warn({ err: error }, 'the package database could not be read, trying again')
      await pause(running, 4)
    }
  }
}

async function rebootReasons(running: Running, job_id: string): Promise<string[] | undefined> {
  try {
    return await running.packageManager.rebootReasons()
  } catch (error) {
    running.log.error({ err: error, job_id }, 'whether a reboot is required could not be read')
    running.live.log(job_id, 'warning', 'Whether a reboot is required is unknown; it may be.')
    return undefined
  }
}
