import { uptime } from 'node:os'
import type { AgentJobResult } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { StoredJob } from '../store/job-row.ts'
import { jobAge } from './age.ts'
import { lookAtDisk } from './disk.ts'
import { pause, type Running } from './running.ts'
import { steps } from './steps.ts'
import { harmless } from './text.ts'
import { errorCode } from './verdict.ts'

type Deps = Pick<
  Running,
  'store' | 'live' | 'packageManager' | 'run' | 'log' | 'folder' | 'boot_id' | 'timeoutMinutes'
> &
  Partial<Pick<Running, 'now' | 'ageOf' | 'lookAtDisk' | 'poll_milliseconds'>>

/**
 * Runs the jobs, one after the other: first what an agent before this one left unfinished, then what waits. Its own
 * end leaves the units of a job running, and the next runner finds them.
 */
export const jobRunner = (deps: Deps) => {
  const stopper = new AbortController()
  const now = deps.now ?? (() => new Date())
  const running: Running = {
    now,
    ageOf: jobAge({ now, boot_id: deps.boot_id, uptime: () => uptime() * 1000 }),
    lookAtDisk,
    poll_milliseconds: 500,
    ...deps,
    stopping: stopper.signal,
  }
  let bell = Promise.withResolvers<void>()
  let work = Promise.resolve()

  async function loop() {
    while (!stopper.signal.aborted) {
      const rung = bell.promise
      if (await workOnNext(running)) continue
      await rung
      bell = Promise.withResolvers()
    }
  }

  return {
    /** Begins with what was left unfinished. */
    start() {
      work = loop()
    },
    /** Says that there may be work. */
    wake: () => bell.resolve(),
    /** Answers when nothing of ours is at work any more, though a unit may be. */
    async stop() {
      stopper.abort()
      bell.resolve()
      await work
    },
  }
}

/** Whether there was anything to do. Never throws: a fault of the moment must not end the runner. */
async function workOnNext(running: Running): Promise<boolean> {
  try {
    const job = running.store.next()
    if (job) await drive(running, job.job_id)
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
    const job = running.store.get(job_id)
    if (job.phase === 'over') return
    // Its time begins with its first step, not with the first question whether it is late.
    if (job.status === 'running') running.ageOf(job)
    try {
      const { phase, ...changes } = await steps[job.phase](running, job)
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
  const job = store.get(job_id)
  log.error({ err: error, job_id, phase }, 'a job failed')
  if (job.status === 'pending' || job.status === 'running') {
    const result = failedResult(job, error)
    live.log(job_id, 'error', result.error?.message ?? '')
    const changes = { message: result.error?.message ?? '', result }
    const isIdle = phase === 'queued' || phase === 'plan'
    live.move(job_id, 'fail', isIdle ? { ...changes, phase: 'over' } : changes)
  } else live.advance(job_id, 'over', { boot_id })
}

function failedResult(job: StoredJob, error: unknown): AgentJobResult {
  const known = error instanceof Failure ? error : undefined
  const code = known && known.code !== 'PKG_MANAGER_ERROR' ? known.code : errorCode(job)
  const message = known
    ? harmless(known.message)
    : 'The agent met a fault of its own; its log says more.'
  return {
    success: false,
    packages_installed: [],
    packages_failed: job.request.packages.map(({ name }) => name),
    changes: [],
    reboot_required: false,
    error: { code, message },
  }
}
