import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Saved } from '../package-manager.ts'
import type { StoredJob, StoredPlan } from '../store/job-row.ts'
import { recordOf } from './inverse.ts'
import { goOn, type Next } from './next.ts'
import type { Running } from './running.ts'
import { restrict } from './snapshots.ts'
import { harmless } from './text.ts'

export const savedFolder = (folder: string, job_id: string) => join(folder, job_id, 'saved')

/** Notes how the packages are that the job is about to change, and keeps them, so that there is a way back. */
export async function prepare(running: Running, job: StoredJob): Promise<Next> {
  const { job_id, plan } = job
  if (job.status !== 'running' || !plan) return { phase: 'verify' }
  running.live.record(job_id, { progress_percent: 45, message: 'Keeps what it will replace.' })
  const saved = await save(running, job, plan)
  const before = restrict(await running.packageManager.snapshot(), namesOf(running, job, plan))
  running.snapshots.begin(job_id, before, saved)
  return goOn(running, job_id, 'install')
}

/** What changes, and what is only named: its mark changes, as do those that a rollback gives back. */
function namesOf(running: Running, { request, original_job_id }: StoredJob, plan: StoredPlan) {
  const original = original_job_id === null ? undefined : recordOf(running, original_job_id)
  const names = [...plan.changes, ...(request?.packages ?? [])].map(({ name }) => name)
  return [...new Set([...names, ...Object.keys(original?.before ?? {})])]
}

/** Without a way back the job is still wanted, so it goes on; that there is none is said. */
async function save(running: Running, { job_id }: StoredJob, plan: StoredPlan): Promise<Saved> {
  const folder = savedFolder(running.folder, job_id)
  try {
    // What an agent before this one was at when it stopped may be half a package.
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return await running.packageManager.save(plan, folder)
  } catch (error) {
    running.log.error({ err: error, job_id }, 'old packages could not be kept')
    const reason = harmless(error instanceof Error ? error.message : String(error))
    const message = `The old packages could not be kept, so this job cannot be taken back: ${reason}`
    running.live.log(job_id, 'warning', message)
    const lost = plan.changes.filter(({ version_before }) => version_before !== null)
    return { files: {}, missing: Object.fromEntries(lost.map(({ name }) => [name, reason])) }
  }
}
