import type { JobDetail } from '@linux-patch/shared/job'
import type { Jobs } from '../db/jobs.ts'
import { revertible } from './revertible.ts'

/** A job, and on which hosts it could be taken back now. */
export async function viewJob(jobs: Jobs, id: string): Promise<JobDetail> {
  const job = await jobs.get(id)
  const { hosts } = revertible(id, await jobs.lineage(id))
  return { ...job, revertible_host_ids: hosts.map(({ host_id }) => host_id) }
}
