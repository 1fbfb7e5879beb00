import { randomUUID } from 'node:crypto'
import type { Database } from '../db/open.ts'
import type { ClaimedPart } from '../db/jobs/parts.ts'
import type { Log } from '../log.ts'
import { cancellation, type Cancellation } from './cancellation.ts'

type Deps = {
  database: Database
  /** Brings one part as far as it goes; returns when it has ended, or waits for another try. */
  drive: (part: ClaimedPart, hold: Hold) => Promise<void>
  concurrent: number
  log: Log
  now: () => Date
}

/** What whoever drives a part must heed. */
export type Hold = {
  owner: string
  /** Aborted when the part is somebody else's, or the manager stops. */
  signal: AbortSignal
  cancelled: Cancellation
}
type Driven = { abort: AbortController; cancelled: Cancellation; done: Promise<void> }

/** How long a claim is believed without a sign of life: after a crash, this much later somebody carries on. */
const LEASE = 12_000
const TURN = 1000

/**
 * Claims the parts of jobs that are due and drives them, as many at a time as allowed. What to do next is in the
 * database alone, so a manager may be killed at any instruction and the next one carries on.
 */
export function jobEngine({ database, drive, concurrent, log, now }: Deps) {
  const { jobs } = database.stores
  const owner = randomUUID()
  const driven = new Map<string, Driven>()
  const leaseUntil = () => new Date(now().getTime() + LEASE).toISOString()
  let stopped = false
  let turning: Promise<void> | undefined

  async function claim() {
    const limit = concurrent - driven.size
    if (limit <= 0 || stopped) return
    const claim = { owner, now: now().toISOString(), lease_until: leaseUntil(), limit }
    for (const part of await jobs.claim(claim)) take(part)
  }

  function take(part: ClaimedPart) {
    const abort = new AbortController()
    const cancelled = cancellation(part.cancel_requested_at)
    const done = drive(part, { owner, signal: abort.signal, cancelled })
      .catch((error: unknown) => {
        // To let go is no failure; what fails after the part has ended is one, though it is ours no more.
        if (!stopped && error !== abort.signal.reason)
          log.error({ part_id: part.id, err: error }, 'part not driven to its end')
      })
      .finally(() => driven.delete(part.id))
    driven.set(part.id, { abort, cancelled, done })
  }

  /** A part whose lease went to another manager is that one's now. Jobs are cancelled by any manager. */
  async function renew() {
    if (driven.size === 0) return
    const asked = [...driven.keys()]
    const held = await jobs.renew(asked, owner, leaseUntil())
    const ours = new Set(held.map(({ id }) => id))
    for (const id of asked)
      if (!ours.has(id)) driven.get(id)?.abort.abort(new Error('The lease was lost.'))
    for (const { id, cancel_requested_at } of held)
      driven.get(id)?.cancelled.request(cancel_requested_at)
  }

  const turn = () => {
    // First what is ours: a lease that ran out while we slept would be claimed as a second part.
    turning ??= renew()
      .then(claim)
      .catch((error: unknown) => log.error({ err: error }, 'job engine: a turn failed'))
      .finally(() => (turning = undefined))
    return turning
  }
  const timer = setInterval(() => void turn(), TURN)

  return {
    /** Looks for work now instead of at the next turn. */
    wake: () => void turn(),

    /** Lets go of everything, so that another manager, or this one after its restart, goes on at once. */
    async stop() {
      stopped = true
      clearInterval(timer)
      await turning
      const left = [...driven]
      for (const [, { abort }] of left) abort.abort(new Error('The manager stops.'))
      await Promise.all(left.map(([, { done }]) => done))
      const at = now().toISOString()
      for (const [id] of left) await jobs.release(id, owner, at)
    },
  }
}
