import type { StoredEnd, StoredJob, JobPhase } from '../store/job-row.ts'
import type { Advance } from '../store/job-moves.ts'
import type { TransactionRequest } from '../package-manager.ts'
import { isRunning, isUnwanted, type Running } from './running.ts'

/** Where a job goes next, and what it takes along. */
export type Next = { phase: JobPhase } & Omit<Advance, 'boot_id'>
export type Step = (running: Running, job: StoredJob) => Promise<Next>

/** Where a job that shall stop goes instead. */
export const stopAt = (phase: string): Next => ({
  phase: 'verify',
  ended: { phase, result: 'cancelled', code: '', status: '' } satisfies StoredEnd,
})

/** Every place between two steps is one where a job can be stopped. */
export function goOn(running: Running, job_id: string, phase: JobPhase): Next {
  if (!isRunning(running, job_id)) return { phase: 'verify' }
  return isUnwanted(running, job_id) ? stopAt(phase) : { phase }
}

/** The unit of a phase that is taken again has a name of its own: a unit never runs twice. */
export const numbered = (phase: string, time: number) => (time === 1 ? phase : `${phase}-${time}`)

export function requestOf({ job_id, request }: StoredJob): TransactionRequest {
  if (request) return request
  throw new Error(`job ${job_id} has no packages to work on`)
}
