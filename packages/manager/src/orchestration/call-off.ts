import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '@linux-patch/shared/failure'
import type { Agent } from '../agents/connect.ts'
import { askedToWait, isPassing } from './watch.ts'

type CallingOff = {
  agent: Agent
  job_id: string
  cancelled: AbortSignal
  /** Aborted when there is nothing left to call off. */
  signal: AbortSignal
  onRefused: (failure: Failure) => Promise<unknown>
}

const AGAIN = 2000

/**
 * Tells the host that a job is cancelled, as soon as it is, until the host has heard it. It only asks: how the job
 * ends, the host says to whoever watches it. Never throws what ends it.
 */
export async function callOff(calling: CallingOff): Promise<void> {
  const { agent, job_id, cancelled, signal, onRefused } = calling
  try {
    if (!cancelled.aborted) await once(cancelled, 'abort', { signal })
    for (;;) {
      const failure = await askToStop(agent, job_id, signal)
      if (!failure) return
      if (!isPassing(failure)) return void (isTooLate(failure) || (await onRefused(failure)))
      await wait(Math.max(AGAIN, askedToWait(failure)), undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
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
