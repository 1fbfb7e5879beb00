import type { AgentJobResult } from '@linux-patch/shared/agent-job'
import type { StoredJob } from '../store/job-row.ts'
import { pause, type Running } from './running.ts'
import { judge, type Versions } from './verdict.ts'

/** Reads back what became of a job, and ends it with that. One that had ended before gets its result corrected. */
export async function verify(running: Running, job: StoredJob): Promise<void> {
  const { live, store } = running
  const { job_id } = job
  if (job.status === 'running')
    live.record(job_id, { progress_percent: 98, message: 'Checks what was done.' })
  const versions = await readVersions(running)
  await giveMarksBack(running, job, versions)
  const facts = {
    versions,
    reboot_required: await isRebootRequired(running, job_id),
    errors: store.lastErrors(job_id, 5),
  }
  const verdict = judge(job, facts)
  if (job.status === 'running') return end(running, job, verdict)

  // Why it was given up stays; what it had done by then is known only now.
  const error = job.result?.error ?? verdict.error
  const message = job.status === 'timeout' ? `${job.message} It has ended since.` : job.message
  live.settle(job_id, { ...verdict, success: false, error }, message)
}

function end({ live }: Running, { job_id, plan }: StoredJob, result: AgentJobResult) {
  const message = result.success ? praise(plan?.changes.length ?? 0) : (result.error?.message ?? '')
  live.log(job_id, result.success ? 'info' : 'error', message)
  live.move(job_id, result.success ? 'complete' : 'fail', { message, result, phase: 'over' })
}

const praise = (changes: number) =>
  changes === 0 ? 'There was nothing to do.' : `All ${changes} changes are done.`

const TRIES = 3

async function readVersions(running: Running): Promise<Versions> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await running.packageManager.versions()
    } catch (error) {
      if (tried === TRIES) throw error
      running.log.warn({ err: error }, 'the package database could not be read, trying again')
      await pause(running, 4)
    }
  }
}

/** apt takes a package that is named for one that somebody wants, and would never remove it again by itself. */
async function giveMarksBack(running: Running, job: StoredJob, versions: Versions) {
  const { packageManager, live } = running
  const named = job.request.packages.map(({ name }) => name)
  const wanted = (job.plan?.automatic ?? []).filter(
    (name) =>
      versions.get(name)?.state === 'installed' &&
      !(job.operation === 'install' && named.includes(name)),
  )
  if (wanted.length === 0) return
  try {
    const automatic = await packageManager.automatic()
    const lost = wanted.filter((name) => !automatic.has(name))
    if (lost.length > 0) await packageManager.markAutomatic(lost)
  } catch (error) {
    running.log.error({ err: error, job_id: job.job_id }, 'automatic marks could not be given back')
    live.log(job.job_id, 'warning', 'Some packages are marked as wanted now that were not before.')
  }
}

/** Not to know is not to say that none is needed. */
async function isRebootRequired(running: Running, job_id: string): Promise<boolean> {
  try {
    return await running.packageManager.rebootRequired()
  } catch (error) {
    running.log.error({ err: error, job_id }, 'whether a reboot is required could not be read')
    running.live.log(job_id, 'warning', 'Whether a reboot is required is unknown; it may be.')
    return true
  }
}
