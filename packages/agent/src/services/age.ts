import type { StoredJob } from '../store/job-row.ts'

type Deps = {
  now: () => Date
  boot_id: string
  /** Milliseconds that no step of the wall clock moves. */
  monotonic?: () => number
  /** For how many milliseconds the host has been up. */
  uptime: () => number
}
export type AgeOf = (job: Pick<StoredJob, 'job_id' | 'started_at' | 'boot_id'>) => number

/**
 * For how many milliseconds a job has run. The wall clock is asked once for each job, and only for what was before
 * this agent saw it, which within one boot cannot be longer than the host is up: so a clock that is set makes no
 * job late. One job is at work at a time, so only the last one is remembered.
 */
export function jobAge({ now, boot_id, uptime, monotonic = () => performance.now() }: Deps): AgeOf {
  let seen = { job_id: '', at: 0, before: 0 }
  function ageBefore({ started_at, boot_id: started_in }: Parameters<AgeOf>[0]) {
    if (started_at === null) return 0
    const age = Math.max(0, now().getTime() - Date.parse(started_at))
    return started_in === boot_id ? Math.min(age, uptime()) : age
  }
  return (job) => {
    if (job.job_id !== seen.job_id)
      seen = { job_id: job.job_id, at: monotonic(), before: ageBefore(job) }
    return seen.before + monotonic() - seen.at
  }
}
