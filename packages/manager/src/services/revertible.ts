import { Failure } from '@linux-patch/shared/failure'
import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobOutline, PartOutline } from '../db/job-lineage.ts'

type Reason = 'not_terminal' | 'nothing_to_revert' | 'not_revertible' | 'already_rolled_back'

/**
 * The hosts on which a job has something to take back, or may have, and where that was not done. A host that cannot
 * take it back is among them as long as another one can: its part of the rollback will say why not.
 */
export function hostsToRevert(job: JobOutline, lineage: JobOutline[]): PartOutline[] {
  if (job.completed_at === null) throw refusal('not_terminal', 'The job has not ended yet.')
  if (job.kind === 'reboot') throw refusal('not_revertible', 'Nothing takes a reboot back.')
  const changed = job.hosts.filter(mayHaveChanged)
  if (changed.length === 0)
    throw refusal('nothing_to_revert', 'The job changed nothing that could be taken back.')
  const taken = takenBack(job, lineage)
  const left = changed.filter(({ host_id }) => !taken.has(host_id))
  if (left.length === 0)
    throw refusal('already_rolled_back', 'The job was taken back already, or is just now.')
  if (left.every(({ rollback }) => rollback?.possible === false))
    throw refusal('not_revertible', left.map(whyNot).join(' '))
  return left
}

/** Hosts where a job was taken back already, or is just now. Where that was taken back itself, the job stands again. */
function takenBack({ id }: JobOutline, lineage: JobOutline[]): Set<string> {
  const rollbacks = lineage.filter(({ parent_job_id }) => parent_job_id === id)
  const taken = rollbacks.flatMap((rollback) => {
    const standing = takenBack(rollback, lineage)
    return rollback.hosts.filter(
      ({ host_id, status }) =>
        !isFinalPart(status) || (status === 'completed' && !standing.has(host_id)),
    )
  })
  return new Set(taken.map(({ host_id }) => host_id))
}

/** What a host did that was lost on the way is not known: the host itself knows. */
const mayHaveChanged = ({ agent_job_id, rollback, reboot_required }: PartOutline) =>
  agent_job_id !== null && (rollback !== null || reboot_required === null)

const whyNot = ({ host_name, rollback }: PartOutline) =>
  `${host_name}: ${rollback?.reason ?? 'it does not say why.'}`

const refusal = (reason: Reason, message: string) =>
  new Failure('conflict', message, { details: { reason } })
