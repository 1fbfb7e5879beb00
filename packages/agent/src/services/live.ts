import {
  isFinal,
  type AgentJobMove,
  type AgentJobResult,
  type LogLine,
} from '@linux-patch/shared/agent-job'
import type { AgentSocketMessage } from '@linux-patch/shared/live'
import type { StoredJob, JobPhase } from '../store/job-row.ts'
import type { Advance, Move, Recorded } from '../store/job-moves.ts'
import type { JobStore, NewJob } from '../store/jobs.ts'
import type { Log } from './log.ts'

export type LiveJobs = ReturnType<typeof liveJobs>
export type Watcher = (message: AgentSocketMessage) => void
type Deps = { store: JobStore; log: Log; now?: () => Date }

/** The store's changes, each told to whoever watches once it is written. */
export const liveJobs = ({ store, log, now = () => new Date() }: Deps) => {
  const watchers = new Set<Watcher>()
  function tell(message: AgentSocketMessage) {
    for (const watcher of watchers) {
      try {
        watcher(message)
      } catch (error) {
        log.error({ err: error }, 'a watcher of jobs failed')
      }
    }
  }
  function tellStatus(job: StoredJob) {
    tell({ type: 'job_status', payload: toStatus(job) })
    if (!isFinal(job.status)) return job
    tell({ type: 'job_complete', payload: store.read(job.job_id) })
    return job
  }
  const tellLines = (job_id: string, lines: LogLine[]) =>
    lines.forEach((line) => tell({ type: 'job_log', payload: { job_id, ...line } }))

  return {
    /** Calls back for every job, from now on. What it answers ends that. */
    watch(watcher: Watcher): () => void {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },

    add(job: NewJob) {
      const added = store.add(job)
      if (added.is_new) tellStatus(added.job)
      return added.job
    },

    move: (job_id: string, move: AgentJobMove, changes: Move) =>
      tellStatus(store.move(job_id, move, changes)),

    advance: (job_id: string, phase: JobPhase, changes: Advance) =>
      store.advance(job_id, phase, changes),

    record(job_id: string, recorded: Recorded, lines: LogLine[] = []) {
      store.record(job_id, recorded, lines)
      tellLines(job_id, lines)
      const isNews = recorded.progress_percent !== undefined || recorded.message !== undefined
      const job = store.get(job_id)
      if (isNews && !isFinal(job.status)) tellStatus(job)
    },

    log(job_id: string, level: LogLine['level'], message: string) {
      const line = { timestamp: now().toISOString(), level, message }
      store.log(job_id, [line])
      tellLines(job_id, [line])
    },

    requestCancel: (job_id: string, message: string) =>
      tellStatus(store.requestCancel(job_id, message)),

    settle: (job_id: string, result: AgentJobResult, message: string) =>
      tellStatus(store.settle(job_id, result, message)),
  }
}

const toStatus = ({ job_id, status, progress_percent, message, updated_at }: StoredJob) => ({
  job_id,
  status,
  progress_percent,
  message,
  updated_at,
})
