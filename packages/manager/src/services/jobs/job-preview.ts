import { Failure } from '@linux-patch/shared/failure'
import type { JobDraft } from '@linux-patch/shared/job'
import { faultOfDraft } from '@linux-patch/shared/job-rules'
import type { HostPreview, JobPreview } from '@linux-patch/shared/job-preview'
import type { Agent, Agents } from '../../agents/connect.ts'
import { compareNames } from '../../db/jobs/hosts.ts'
import type { HostRecord, Hosts } from '../../db/hosts/hosts.ts'
import { refusedIds, type Scope } from '../../db/scope.ts'
import { scopeOf, type ManagerCall } from '../caller.ts'

type Deps = { hosts: Hosts; agents: Agents; patience_ms?: number }

/** Hosts that are asked at the same time. */
const AT_ONCE = 32
/** A person waits for all of them; one silent host costs 20 seconds of it. */
const PATIENCE = 60_000

/** Asks the hosts what a job would do on them now. None is changed, and none is left out of the answer. */
export const jobPreview =
  ({ hosts, agents, patience_ms = PATIENCE }: Deps) =>
  async (draft: JobDraft, call: Pick<ManagerCall, 'caller' | 'signal'>): Promise<JobPreview> => {
    const { signal } = call
    const fault = faultOfDraft(draft)
    if (fault) throw fault
    const wanted = await managed(hosts, draft.host_ids, scopeOf(call))
    const enough = AbortSignal.any([AbortSignal.timeout(patience_ms), ...(signal ? [signal] : [])])
    const previews: HostPreview[] = []
    const queue = wanted.values()
    const askInTurn = async () => {
      for (const host of queue)
        previews.push(
          await previewOf(agents.at({ ...host, host_id: host.id }), host, draft, enough),
        )
    }
    await Promise.all(Array.from({ length: AT_ONCE }, askInTurn))
    return { hosts: previews.toSorted((a, b) => compareNames(a.host_name, b.host_name)) }
  }

async function managed(hosts: Hosts, ids: string[], scope: Scope): Promise<HostRecord[]> {
  const found = await hosts.listThese(ids, scope)
  const known = new Set(found.map(({ id }) => id))
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length > 0) throw refusedIds(scope, 'host', missing)
  return found
}

async function previewOf(
  agent: Agent,
  { id, name }: HostRecord,
  draft: JobDraft,
  enough: AbortSignal,
): Promise<HostPreview> {
  const host = { host_id: id, host_name: name }
  try {
    enough.throwIfAborted()
    return { ...host, transaction: await ask(agent, draft, enough), error: null }
  } catch (error) {
    if (enough.aborted) return { ...host, transaction: null, error: tooLate }
    if (!(error instanceof Failure)) throw error
    return { ...host, transaction: null, error: { code: error.code, message: wordsOf(error) } }
  }
}

/** A host takes few questions a minute; a person who looks often should know when the next one counts. */
function wordsOf({ message, details }: Failure): string {
  const seconds = Number(details.retry_after_seconds)
  return seconds > 0 && seconds <= 60 ? `${message} Ask again in ${seconds} seconds.` : message
}

const tooLate = {
  code: 'host_unreachable',
  message: 'The host did not answer in time; look at a preview of fewer hosts.',
}

function ask(agent: Agent, draft: JobDraft, signal: AbortSignal) {
  const { kind, packages, patches, exclude_packages } = draft
  if (kind === 'patch_apply')
    return agent.previewPatches({ patches, options: { exclude_packages } }, { signal })
  if (kind === 'install') return agent.previewInstall({ packages }, { signal })
  const [wanted] = packages
  if (!wanted) throw new Error('A preview of an update names no package.')
  return agent.previewUpdate(wanted, { signal })
}
