import type { AgentFailureCode } from '@linux-patch/shared/failure'
import type { Fields } from './audit-chain.ts'
import { auditFile } from './audit-file.ts'

/** What an identified caller did, or was refused. */
export type Action = {
  request_id: string
  identity: string
  fingerprint: string
  address: string
  action: string
  status: number
  code: AgentFailureCode | null
  /** The job that it began. */
  job_id: string | null
  /** Why, in the caller's own words; a reboot has some. */
  reason: string | null
}
/** A connection that was turned away before anything was asked. */
export type TurnedAway = { code: AgentFailureCode; address: string; reason: string }

type Deps = {
  file: string
  /** Beside it: how far the log goes. */
  head: string
  now: () => Date
  onError: (error: unknown) => void
}
export type Audit = ReturnType<typeof audit>

const REPEAT_MS = 60_000
const MOST_KINDS = 500

/**
 * The log of who did what: JSON, one line each, in a chain. What a caller did is on the disk at once. The same refusal
 * again within a minute is counted and not written, and refusals reach the disk with the next deed or within that
 * minute: knocking at the door can neither fill the disk nor keep it busy.
 */
export function audit({ file, head, now, onError }: Deps) {
  const log = auditFile({ file, head, now })
  // A full disk must not stop the agent: the journal hears of it instead.
  const trying = (work: () => void) => {
    try {
      work()
    } catch (error) {
      onError(error)
    }
  }
  const write = (fields: Fields & { event: string }, keep: boolean) =>
    trying(() => log.write(fields, { keep }))
  const counts = counter()
  const flush = () => {
    for (const refusal of counts.take()) write({ event: 'refused_again', ...refusal }, false)
    trying(log.sync)
  }
  const timer = setInterval(flush, REPEAT_MS)
  timer.unref()
  trying(log.start)

  return {
    action: (action: Action) => write({ event: 'action', ...action }, action.status < 400),

    /** What happened to the agent itself. */
    note: (event: string, fields: Fields) => write({ event, ...fields }, true),

    turnedAway(refusal: TurnedAway) {
      const news = counts.add(refusal)
      if (news) write({ event: 'refused', ...news }, false)
    },

    close() {
      clearInterval(timer)
      flush()
      trying(log.close)
    },
  }
}

/** Refusals of one kind, from so many addresses at most; those of all further ones are counted as one. */
function counter() {
  let kinds = new Map<string, TurnedAway & { times: number }>()
  const keyOf = ({ code, address, reason }: TurnedAway) => `${code} ${address} ${reason}`
  return {
    /** Answers the refusal where it is the first of its kind. */
    add(refusal: TurnedAway): TurnedAway | undefined {
      const isCounted = kinds.size < MOST_KINDS || kinds.has(keyOf(refusal))
      const kind = isCounted ? refusal : { ...refusal, address: 'others' }
      const before = kinds.get(keyOf(kind))
      if (before) before.times += 1
      else kinds.set(keyOf(kind), { ...kind, times: 0 })
      return before ? undefined : kind
    },
    /** What came again, and begins anew. */
    take() {
      const repeated = [...kinds.values()].filter(({ times }) => times > 0)
      kinds = new Map()
      return repeated
    },
  }
}
