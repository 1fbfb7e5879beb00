import { uptime } from 'node:os'
import { Failure } from '@linux-patch/shared/failure'
import type { StoredJob } from '../store/job-row.ts'
import { jobAge } from './age.ts'
import { besides } from './besides.ts'
import { lookAtDisk } from './disk.ts'
import { markWork } from './reboot-timer.ts'
import { failedResult, reasonOf } from './results.ts'
import { pause, type Running } from './running.ts'
import { steps } from './steps.ts'

type Optional = 'now' | 'ageOf' | 'lookAtDisk' | 'poll_milliseconds'
export type RunnerDeps = Omit<Running, Optional | 'stopping'> & Partial<Pick<Running, Optional>>

/**
 * Runs the jobs, one after the other: first what an agent before this one left unfinished, then what waits. Its own
 * end leaves the units of a job running, and the next runner finds them.
 */
export const jobRunner = (deps: RunnerDeps) => {
  const stopper = new AbortController()
  const now = deps.now ?? (() => new Date())
  const running: Running = {
    now,
    ageOf: jobAge({ now, boot_id: deps.boot_id, uptime: () => uptime() * 1000 }),
    lookAtDisk,
    poll_milliseconds: 200,
    ...deps,
    stopping: stopper.signal,
  }
  const aside = besides(running)
  let bell = Promise.withResolvers<void>()
  let work: Promise<unknown> = Promise.resolve()

  async function loop() {
    while (!stopper.signal.aborted) {
      const rung = bell.promise
      const worked = await workOnNext(running)
      aside.stir()
      if (worked) continue
      await rung
      bell = Promise.withResolvers()
    }
  }

  return {
    /** Begins with what was left unfinished. */
    start() {
      work = Promise.all([loop(), aside.run()])
    },
    /** Says that there may be work. */
    wake() {
      bell.resolve()
      aside.stir()
    },
    /** Answers when nothing of ours is at work any more, though a unit may be. */
    async stop() {
      stopper.abort()
      bell.resolve()
      aside.stir()
      await work
    },
  }
}

/** Whether there was anything to do. Never throws: a fault of the moment must not end the runner. */
async function workOnNext(running: Running): Promise<boolean> {
  try {
    const job = running.store.next()
    if (job) await drive(running, job.job_id)
    else markWork(running.folder, false)
    return job !== undefined
  } catch (error) {
    if (running.stopping.aborted) return true
    running.log.error({ err: error }, 'the runner cannot go on and tries again')
    await pause(running, 10).catch(() => undefined)
    return true
  }
}

async function drive(running: Running, job_id: string) {
  for (;;) {
    running.stopping.throwIfAborted()
    // One that was cancelled while it waited may be forgotten by now.
    const job = running.store.find(job_id)
    if (!job || job.phase === 'over' || job.phase === 'reboot')
      return markWork(running.folder, false)
    markWork(running.folder, job.phase !== 'queued')
    try {
      const { phase, ...changes } = await steps[job.phase](running, job)
      if ((running.store.find(job_id)?.phase ?? 'over') === 'over') return
      running.live.advance(job_id, phase, { ...changes, boot_id: running.boot_id })
    } catch (error) {
      giveUp(running, job, error)
    }
  }
}

/** Fails the job, not the daemon. What of it still runs is then watched to its end. */
function giveUp(running: Running, { job_id, phase }: StoredJob, error: unknown) {
  if (running.stopping.aborted) throw error
  // The database refuses: nothing is recorded, so nothing may go on. Try again from where it stands.
  if (error instanceof Failure && error.code === 'SERVICE_UNHEALTHY') throw error

  const { live, log, store, boot_id } = running
  const job = store.find(job_id)
  if (!job || job.phase === 'over') return
  log.error({ err: error, job_id, phase }, 'a job failed')
  if (job.status === 'pending' || job.status === 'running') {
    const reason = reasonOf(job, error instanceof Failure ? error : undefined)
    const result = failedResult(job, reason)
    live.log(job_id, 'error', reason.message)
    const isIdle = phase === 'queued' || phase === 'plan'
    const changes = { message: reason.message, result }
    live.move(job_id, 'fail', isIdle ? { ...changes, phase: 'over' } : changes)
  } else live.advance(job_id, 'over', { boot_id })
}
