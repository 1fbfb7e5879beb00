import { Failure } from '@linux-patch/shared/failure'
import type { JobDetail, JobHost } from '@linux-patch/shared/job'

type Reason = 'not_terminal' | 'nothing_to_revert' | 'not_revertible' | 'already_rolled_back'

/**
 * The hosts on which a job has something to take back, or may have; `taken` are those where that was done. A host
 * that cannot take it back is among them as long as another one can: its part of the rollback will say why not.
 */
export function hostsToRevert(job: JobDetail, taken: Set<string>): JobHost[] {
  if (job.completed_at === null) throw refusal('not_terminal', 'The job has not ended yet.')
  if (job.kind === 'reboot') throw refusal('not_revertible', 'Nothing takes a reboot back.')
  const changed = job.hosts.filter(mayHaveChanged)
  if (changed.length === 0)
    throw refusal('nothing_to_revert', 'The job changed nothing that could be taken back.')
  const left = changed.filter(({ host_id }) => !taken.has(host_id))
  if (left.length === 0)
    throw refusal('already_rolled_back', 'The job was taken back already, or is just now.')
  if (left.every(({ rollback }) => rollback?.possible === false))
    throw refusal('not_revertible', left.map(whyNot).join(' '))
  return left
}

/** What a host did that was lost on the way is not known: the host itself knows. */
const mayHaveChanged = ({ agent_job_id, rollback, reboot_required }: JobHost) =>
  agent_job_id !== null && (rollback !== null || reboot_required === null)

const whyNot = ({ host_name, rollback }: JobHost) =>
  `${host_name}: ${rollback?.reason ?? 'it does not say why.'}`

const refusal = (reason: Reason, message: string) =>
  new Failure('conflict', message, { details: { reason } })
