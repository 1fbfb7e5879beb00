import { signal, type Phase } from '../transient-unit.ts'
import { resultSoFar } from './results.ts'
import type { Running } from './running.ts'

/**
 * Gives a job up that runs for too long. Its unit is asked to stop by whoever follows it; nothing is ever killed.
 * What still runs then is watched to its end, and the result corrected.
 */
export async function expireIfDue(running: Running, job_id: string): Promise<void> {
  if (!isDue(running, job_id)) return
  const minutes = running.timeoutMinutes()
  const { onStop } = running.packageManager
  const message = `It was not done within ${minutes} minutes and was asked to stop: ${onStop}. Changes may be partial.`
  const error = { code: 'JOB_TIMEOUT', message }
  const result = await resultSoFar(running, running.store.get(job_id), error)
  // It may have been cancelled while the packages were looked at.
  if (!isDue(running, job_id)) return
  running.live.log(job_id, 'error', message)
  running.live.move(job_id, 'expire', { message, result })
}

function isDue({ store, timeoutMinutes, ageOf }: Running, job_id: string): boolean {
  const job = store.get(job_id)
  if (job.status !== 'running' || job.started_at === null) return false
  return ageOf(job) >= timeoutMinutes() * 60_000
}

/**
 * Asks a unit to stop whose job was given up: what only fetches at once, an installation of a job that took too
 * long after the step it is at. A job that was cancelled lets its installation end: it stops before the next one.
 */
export async function stopIfGivenUp(running: Running, unit: Phase): Promise<boolean> {
  const { status } = running.store.get(unit.job_id)
  if (status === 'running' || status === 'pending') return false
  const fetches = /^(download|refresh)/.test(unit.phase)
  const installs = unit.phase.startsWith('install') && status === 'timeout'
  if (!fetches && !installs) return false
  try {
    await signal(running.run, { ...unit, stop: fetches ? 'SIGTERM' : 'SIGINT' })
  } catch (error) {
    running.log.error({ err: error, ...unit }, 'a job that was given up did not hear us')
  }
  return true
}
