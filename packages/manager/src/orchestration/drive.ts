import { Failure } from '@linux-patch/shared/failure'
import type { SocketMessage } from '@linux-patch/shared/live'
import type { Agents } from '../agents/connect.ts'
import type { HostDetailRecord } from '../db/hosts/hosts.ts'
import type { Database } from '../db/open.ts'
import type { ClaimedPart, LastMove } from '../db/jobs/parts.ts'
import type { Log } from '../log.ts'
import { cancelOnHost } from './cancel-on-host.ts'
import { dispatch, isNeverHeard } from './dispatch.ts'
import type { Hold } from './engine.ts'
import {
  lost,
  moveTo,
  neverAsked,
  neverReached,
  noLongerManaged,
  outcomeOf,
  refused,
  type Outcome,
} from './outcomes.ts'
import { recorder } from './recorder.ts'
import { askedToWait, isPassing, watchJob } from './watch.ts'

type Deps = {
  database: Database
  agents: Agents
  /** Tells the open pages. */
  tell: (message: SocketMessage) => void
  /** A host has done its part: what was known of it is old. */
  onEnded: (host: HostDetailRecord) => Promise<unknown>
  log: Log
  give_up_ms: number
  now: () => Date
}

const RETRY_MAX = 60_000
/** After so many tries the wait has grown to its most, a minute. */
const DOUBLINGS = 6

const jobsChanged: SocketMessage = { type: 'changed', payload: { what: 'jobs' } }

type Driving = Hold & { part: ClaimedPart; host: HostDetailRecord }

/** Drives one host's part of a job: dispatch, watch, record how it ended. */
export function partDriver(deps: Deps) {
  const { database, agents, tell, onEnded, log, give_up_ms, now } = deps
  const { jobs, hosts } = database.stores

  async function finish(part: ClaimedPart, owner: string, move: LastMove, outcome: Outcome) {
    const ended = { ...outcome, now: now().toISOString() }
    if (!(await jobs.finish(part.id, owner, move, ended))) return
    log.info(
      { job_id: part.job_id, host_id: part.host_id, move, code: outcome.error_code },
      'part of a job ended',
    )
    tell(jobsChanged)
  }

  /** Nothing where the job was cancelled before its host was asked. */
  async function handOver({ part, owner, host, signal }: Driving): Promise<string | null> {
    if (!(await jobs.ask(part.id, owner, now().toISOString()))) return null
    const agent_job_id = await dispatch(agents.at(addressOf(host)), part, signal)
    const taken = { agent_job_id, progress_percent: 0, message: 'Taken by the host.' }
    await jobs.progress(part.id, owner, { ...taken, now: now().toISOString() })
    return agent_job_id
  }

  async function watch({ part, owner, host, signal, cancelled }: Driving, job_id: string) {
    const record = recorder({ jobs, tell, part, owner, now })
    const over = new AbortController()
    const cancelling = cancelOnHost({
      agent: agents.at(addressOf(host)),
      job_id,
      cancelled,
      answered_at: part.cancel_refused === null ? null : part.cancel_requested_at,
      signal: AbortSignal.any([signal, over.signal]),
      async onRefused({ message }, requested_at) {
        await jobs.refuseCancel(part.id, owner, requested_at, message)
        tell(jobsChanged)
      },
    }).catch((error: unknown) =>
      log.error({ part_id: part.id, err: error }, 'a host was not told that its job is cancelled'),
    )
    try {
      const ended = await watchJob({
        agent: agents.at(addressOf(host)),
        follow: (following) => agents.follow(addressOf(host), job_id, following),
        job_id,
        isManaged: () => hosts.isManaged(host.id),
        give_up_ms,
        signal,
        now,
        ...record.heard,
      })
      record.heard.onLog(ended.logs, 0)
      return ended
    } finally {
      over.abort()
      await cancelling
      await record.flush()
    }
  }

  /** Not reached, or busy: tried again later and later, until it is given up. */
  async function retryOrGiveUp({ part, owner, cancelled }: Driving, failure: Failure) {
    const isUnheard = part.asked_at === null && isNeverHeard(failure)
    if (isUnheard && cancelled.isRequested()) return finish(part, owner, 'cancel', neverAsked)
    if (now().getTime() - Date.parse(part.claimed_at) > give_up_ms)
      return finish(part, owner, 'fail', neverReached(failure))

    const later = Math.min(RETRY_MAX, 1000 * 2 ** Math.min(part.attempts, DOUBLINGS))
    const wait = Math.max(askedToWait(failure), later)
    const next_attempt_at = new Date(now().getTime() + wait).toISOString()
    const message = `${failure.message} Trying again.`
    await jobs.release(part.id, owner, next_attempt_at, { message, isUnheard })
    tell(jobsChanged)
  }

  return async function drive(part: ClaimedPart, hold: Hold) {
    const { owner, signal, cancelled } = hold
    const host = await hosts.get(part.host_id, 'all')
    const isAsked = part.asked_at !== null
    if (host.retired_at) return finish(part, owner, 'fail', noLongerManaged(isAsked))
    if (cancelled.isRequested() && !isAsked) return finish(part, owner, 'cancel', neverAsked)

    const driving = { ...hold, part, host }
    let { agent_job_id } = part
    try {
      agent_job_id ??= await handOver(driving)
      if (agent_job_id === null) return
      const ended = await watch(driving, agent_job_id)
      await finish(part, owner, moveTo(ended), outcomeOf(ended))
    } catch (error) {
      // The part is somebody else's now, or will be: that one has the say.
      signal.throwIfAborted()
      if (!(error instanceof Failure)) throw error
      if (agent_job_id && !(await hosts.isManaged(host.id)))
        return finish(part, owner, 'fail', noLongerManaged(true))
      if (!isPassing(error))
        await finish(part, owner, 'fail', agent_job_id ? lost(error) : refused(error, isAsked))
      // Watching a job that the host has taken was given its time already.
      else if (agent_job_id) return finish(part, owner, 'expire', lost(error))
      else return retryOrGiveUp(driving, error)
    }
    await onEnded(host)
  }
}

const addressOf = ({ id, ip_address, agent_port }: HostDetailRecord) => ({
  host_id: id,
  ip_address,
  agent_port,
})
