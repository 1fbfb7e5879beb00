import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '@linux-patch/shared/failure'
import type { Agent } from '../agents/connect.ts'
import type { Cancellation } from './cancellation.ts'
import { askedToWait, isPassing } from './watch.ts'

type Cancelling = {
  agent: Agent
  job_id: string
  cancelled: Cancellation
  /** When the cancelling was asked for that the host has refused already. */
  answered_at: string | null
  /** Aborted when there is nothing left to cancel. */
  signal: AbortSignal
  onRefused: (failure: Failure, requested_at: string) => Promise<unknown>
}

const AGAIN = 2000

/**
 * Tells the host that a job is cancelled, as soon as it is, until the host has heard it, and again where it refused
 * and people ask again. It only asks: how the job ends, the host says to whoever watches it. Never throws what ends it.
 */
export async function cancelOnHost(cancelling: Cancelling): Promise<void> {
  const { cancelled, signal, onRefused } = cancelling
  let { answered_at } = cancelling
  try {
    for (;;) {
      answered_at = await cancelled.next(answered_at, signal)
      const refusal = await untilHeard(cancelling)
      if (!refusal || isTooLate(refusal)) return
      await onRefused(refusal, answered_at)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function untilHeard({ agent, job_id, signal }: Cancelling) {
  for (;;) {
    const failure = await askToStop(agent, job_id, signal)
    if (!failure || !isPassing(failure)) return failure
    await wait(Math.max(AGAIN, askedToWait(failure)), undefined, { signal })
  }
}

async function askToStop(agent: Agent, job_id: string, signal: AbortSignal) {
  try {
    await agent.deleteJob({ job_id, cancel_only: true }, { signal })
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** It has ended, or is not known any more: whoever watches it hears that too. */
const isTooLate = ({ code, details }: Failure) =>
  code === 'JOB_NOT_FOUND' || code === 'JOB_CANCELLED' || details.reason === 'has_ended'
