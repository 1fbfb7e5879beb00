import type { Failure } from '@linux-patch/shared/failure'
import type { Agent } from '../agents/connect.ts'
import type { ClaimedPart } from '../db/jobs/parts.ts'

/**
 * Asks a host to do its part of a job. The key is the part's own id: asked again after any crash, the host answers
 * with the job that it started the first time. Answers the id of the job on the host.
 */
export async function dispatch(
  agent: Agent,
  part: ClaimedPart,
  signal: AbortSignal,
): Promise<string> {
  const { job_id } = await ask(agent, part, signal)
  return job_id
}

function ask(agent: Agent, part: ClaimedPart, signal: AbortSignal): Promise<{ job_id: string }> {
  const { id, kind, packages, patches, exclude_packages, expected_digest } = part
  const once = { idempotency_key: id, signal }
  const bound = expected_digest === null ? {} : { expected_digest }
  if (kind === 'patch_apply')
    return agent.applyPatches({ patches, options: { exclude_packages }, ...bound }, once)
  if (kind === 'rollback') {
    const { parent_agent_job_id: job_id } = part
    if (job_id === null) throw new Error(`Part ${id} takes back what its host never took.`)
    return agent.rollbackJob({ job_id }, once)
  }
  if (kind === 'reboot') return agent.reboot({ reason: part.notes.slice(0, REASON) }, once)
  if (kind === 'install') return agent.installPackages({ packages, ...bound }, once)
  const [wanted] = packages
  if (!wanted) throw new Error(`Part ${id} of a job names no package.`)
  if (kind === 'update') return agent.updatePackage({ ...wanted, ...bound }, once)
  return agent.removePackage({ name: wanted.name, purge: part.purge }, once)
}

/** As many letters as a host takes for a reason. */
const REASON = 500

/** Whether the host cannot have heard what it was asked: no connection came about, or it turned the call away unread. */
export const isNeverHeard = ({ code, details }: Failure) =>
  code === 'RATE_LIMIT_EXCEEDED' || (code === 'host_unreachable' && details.sent === false)
