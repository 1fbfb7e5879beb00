import { Failure } from '@linux-patch/shared/failure'
import { isFinalPart } from '@linux-patch/shared/job-moves'
import type { JobOutline, PartOutline } from '../../db/jobs/lineage.ts'

type Reason = 'not_terminal' | 'nothing_to_revert' | 'not_revertible' | 'already_rolled_back'

type Revertible = { hosts: PartOutline[]; refusal: Failure | null }

/**
 * The hosts on which a job has something to take back, or may have, and where that was not done; or why there are
 * none. A host that cannot take it back is among them as long as another one can: its part of the rollback will say
 * why not. `lineage`: the job and what came of it.
 */
export function revertible(id: string, lineage: JobOutline[]): Revertible {
  const job = lineage.find((one) => one.id === id)
  if (!job) throw new Error(`Job ${id} is not of its own lineage.`)
  if (job.completed_at === null) return refused('not_terminal', 'The job has not ended yet.')
  if (job.kind === 'reboot') return refused('not_revertible', 'Nothing takes a reboot back.')
  const changed = job.hosts.filter(mayHaveChanged)
  if (changed.length === 0)
    return refused('nothing_to_revert', 'The job changed nothing that could be taken back.')
  const taken = takenBack(job, lineage)
  const hosts = changed.filter(({ host_id }) => !taken.has(host_id))
  if (hosts.length === 0)
    return refused('already_rolled_back', 'The job was taken back already, or is just now.')
  if (hosts.every(({ rollback }) => rollback?.possible === false))
    return refused('not_revertible', hosts.map(whyNot).join(' '))
  return { hosts, refusal: null }
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

const refused = (reason: Reason, message: string): Revertible => ({
  hosts: [],
  refusal: new Failure('conflict', message, { details: { reason } }),
})
