import type { AgentJobResult } from '@linux-patch/shared/agent-job'
import { signal } from '../transient-unit.ts'
import type { StoredJob } from '../store/job-row.ts'
import { jobUnit, type Running } from './running.ts'
import { changesOf } from './verdict.ts'

/**
 * Gives a job up that runs for too long. A download is ended at once; an installation is asked to end after the step
 * it is at; nothing is ever killed. What still runs then is watched to its end, and the result corrected.
 */
export async function expireIfDue(running: Running, job_id: string): Promise<void> {
  const job = running.store.get(job_id)
  const minutes = running.timeoutMinutes()
  if (job.status !== 'running' || job.started_at === null) return
  if (running.ageOf(job) < minutes * 60_000) return

  // Asked first: an agent that dies in between asks again.
  await askToStop(running, job)
  const message = `It was not done within ${minutes} minutes and was asked to stop; changes may be partial.`
  const result = await resultSoFar(running, job, message)
  running.live.log(job_id, 'error', message)
  running.live.move(job_id, 'expire', { message, result })
}

async function askToStop(running: Running, job: StoredJob) {
  const unit = jobUnit(running, job.job_id, job.phase)
  try {
    if (job.phase === 'download') await signal(running.run, { ...unit, stop: 'SIGTERM' })
    if (job.phase === 'install') await signal(running.run, { ...unit, stop: 'SIGINT' })
  } catch (error) {
    running.log.error(
      { err: error, job_id: job.job_id },
      'a job that took too long did not hear us',
    )
  }
}

async function resultSoFar(
  { packageManager, log }: Running,
  job: StoredJob,
  message: string,
): Promise<AgentJobResult> {
  const versions = await packageManager.versions().catch((error: unknown) => {
    log.error({ err: error, job_id: job.job_id }, 'the package database could not be read')
    return undefined
  })
  const changes = versions ? changesOf(job, versions) : []
  const open = changes.filter(({ outcome }) => outcome !== 'done')
  return {
    success: false,
    packages_installed: changes
      .filter(({ action, outcome }) => action !== 'remove' && outcome === 'done')
      .map(({ name }) => name),
    packages_failed: (versions ? open : (job.plan?.changes ?? [])).map(({ name }) => name),
    changes,
    reboot_required: false,
    error: { code: 'JOB_TIMEOUT', message },
  }
}
