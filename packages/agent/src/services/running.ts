import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { PackageManager } from '../package-manager.ts'
import type { Run } from '../run.ts'
import type { JobStore } from '../store/jobs.ts'
import type { ListStore } from '../store/lists.ts'
import type { PreviewStore } from '../store/previews.ts'
import type { SnapshotStore } from '../store/snapshots.ts'
import type { Phase } from '../transient-unit.ts'
import type { AgeOf } from './age.ts'
import type { LookAtDisk } from './disk.ts'
import type { LiveJobs } from './live.ts'
import type { Log } from './log.ts'

/** What every step of a job has at hand. */
export type Running = {
  store: JobStore
  snapshots: SnapshotStore
  previews: PreviewStore
  lists: ListStore
  live: LiveJobs
  packageManager: PackageManager
  run: Run
  log: Log
  /** Each job has a folder in here, for the files of its units. */
  folder: string
  boot_id: string
  timeoutMinutes: () => number
  /** How many jobs may run at once. */
  maxConcurrent: () => number
  now: () => Date
  ageOf: AgeOf
  lookAtDisk: LookAtDisk
  poll_milliseconds: number
  /** Aborted when the agent stops. The units of a job go on without it. */
  stopping: AbortSignal
}

/** A job that was given up starts nothing any more. */
export const isRunning = ({ store }: Running, job_id: string) =>
  store.get(job_id).status === 'running'

/** Whether it shall stop where that is safe. */
export const isUnwanted = ({ store }: Running, job_id: string) =>
  store.get(job_id).cancel_requested_at !== null

export const jobUnit = ({ folder }: Running, job_id: string, phase: string): Phase => ({
  job_id,
  phase,
  folder: join(folder, job_id),
})

/** Rejects when the agent stops, which ends the work on a job wherever it waits. */
export const pause = ({ poll_milliseconds, stopping }: Running, times = 1) =>
  delay(poll_milliseconds * times, undefined, { signal: stopping })
