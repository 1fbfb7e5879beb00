import type { JobDetail } from '@linux-patch/shared/job'
import type { Jobs } from '../../db/jobs/jobs.ts'
import type { Scope } from '../../db/scope.ts'
import { revertible } from './revertible.ts'

/** What somebody sees of a job, and on which hosts he could take it back now. */
export async function viewJob(jobs: Jobs, id: string, scope: Scope): Promise<JobDetail> {
  const job = await jobs.get(id, scope)
  if (job.on_other_hosts) return { ...job, revertible_host_ids: [] }
  const { hosts } = revertible(id, await jobs.lineage(id, scope))
  return { ...job, revertible_host_ids: hosts.map(({ host_id }) => host_id) }
}
