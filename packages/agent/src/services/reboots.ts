import { release } from 'node:os'
import { Failure } from '@linux-patch/shared/failure'
import type { StoredJob } from '../store/job-row.ts'
import { arm, callOff, disarm, isArmed, rebootFlag, refusalOf } from './reboot-timer.ts'
import { failedResult } from './results.ts'
import type { Running } from './running.ts'
import { harmless } from './text.ts'

/** So long after it was due, a reboot that has not come will not come. */
const PATIENCE_MS = 10 * 60_000

/** Watches the jobs whose next event is a reboot: sees that it is set, that it came, or that it did not. */
export const reboots = (running: Running) => {
  const armed = new Set<string>()
  let lastBusy = 0

  async function attend(job: StoredJob) {
    if (job.status === 'pending') return begin(running, job)
    if (job.boot_id !== running.boot_id) return complete(running, job)
    const now = running.now().getTime()
    const due = Date.parse(job.scheduled_at ?? job.updated_at)
    if (now >= due && (await isBusy(running))) lastBusy = now
    if (now > Math.max(due, lastBusy) + PATIENCE_MS)
      return giveUp(running, job, tooLate(running, job))
    if (armed.has(job.job_id)) return undefined
    await ensureArmed(running, job, (due - now) / 1000)
    armed.add(job.job_id)
  }

  return {
    /** Looks at each once. A systemd that does not answer is asked again the next time. */
    async look() {
      for (const job of running.store.reboots()) {
        try {
          await attend(job)
        } catch (error) {
          running.log.error({ err: error, job_id: job.job_id }, 'a reboot could not be looked at')
          if (error instanceof Failure && error.code === 'SYSTEM_REBOOT_ERROR')
            giveUp(running, job, error.message)
        }
      }
    },
  }
}

function tooLate({ folder }: Running, { job_id }: StoredJob): string {
  const refusal = refusalOf(rebootFlag(folder, job_id))
  const why = refusal === null ? '' : ` Its systemd refused: ${refusal}`
  return `The host has not rebooted within 10 minutes after it was to; the reboot is off.${why}`
}

function begin({ live, boot_id }: Running, { job_id, scheduled_at }: StoredJob) {
  const message = `Reboots at ${scheduled_at}, or when no transaction runs after that.`
  live.move(job_id, 'start', { message, phase: 'reboot', boot_id })
}

async function ensureArmed(running: Running, job: StoredJob, seconds: number) {
  const { run, folder, store } = running
  const { job_id, reboot } = job
  if (await isArmed(run, job_id)) return
  // It may have been called off while systemd was asked.
  if (store.find(job_id)?.phase !== 'reboot') return
  const at_any_risk = reboot?.at_any_risk ?? false
  await arm(run, { job_id, folder, seconds, at_any_risk })
  await announce(running, job)
}

/** Tells whoever works on the host. That nobody could be told keeps no reboot away. */
async function announce({ run, log }: Running, { job_id, scheduled_at, reboot }: StoredJob) {
  const why = reboot?.reason ? `: ${harmless(reboot.reason)}` : ''
  const words = `This host reboots at ${scheduled_at}${why} (Linux Patch Manager, job ${job_id})\n`
  try {
    const { exitCode, stderr } = await run('wall', [], { input: words })
    if (exitCode !== 0) log.warn({ job_id, stderr }, 'a reboot could not be announced')
  } catch (error) {
    log.warn({ err: error, job_id }, 'a reboot could not be announced')
  }
}

/** The reboot's own unit waits for these too. */
async function isBusy({ store, packageManager }: Running): Promise<boolean> {
  return store.counts().at_work > 0 || (await packageManager.lockHolder()) !== null
}

async function complete(running: Running, job: StoredJob) {
  const { live, folder, packageManager } = running
  const { job_id } = job
  callOff(rebootFlag(folder, job_id))
  // Not to know is not to say that none is needed.
  const reasons = await packageManager.rebootReasons().catch(() => ['unknown'])
  if (running.store.find(job_id)?.status !== 'running') return
  const before = failedResult(job, { code: '', message: '' })
  const reboot_required = reasons.length > 0
  const result = { ...before, success: true, error: null, reboot_required }
  const message = `The host rebooted and runs kernel ${release()}.`
  live.log(job_id, 'info', message)
  live.move(job_id, 'complete', { message, phase: 'over', result })
}

function giveUp(running: Running, { job_id }: StoredJob, message: string) {
  const { live, store, run, folder, log } = running
  callOff(rebootFlag(folder, job_id))
  disarm(run, job_id).catch((error: unknown) =>
    log.error({ err: error, job_id }, 'a timer that reboots nothing any more is still there'),
  )
  const job = store.find(job_id)
  if (job?.status !== 'running') return
  live.log(job_id, 'error', message)
  const result = failedResult(job, { code: 'SYSTEM_REBOOT_ERROR', message })
  live.move(job_id, 'fail', { message, phase: 'over', result })
}
