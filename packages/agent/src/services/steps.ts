import type { TransactionRequest } from '../package-manager.ts'
import type { JobPhase } from '../store/job-row.ts'
import { install } from './groups.ts'
import { goOn, numbered, requestOf, type Step } from './next.ts'
import { plan } from './plan.ts'
import { prepare } from './prepare.ts'
import { reasonsOf } from './reasons.ts'
import { refresh } from './refresh.ts'
import { isRunning, type Running } from './running.ts'
import { nameSome } from './text.ts'
import { isDamaged, perform, repair } from './units.ts'
import { isWellEnded } from './verdict.ts'
import { verify } from './verify.ts'
import { waitForLock, waitForTurn } from './waiting.ts'

/**
 * A job that asks for nothing still repairs what the one before it left broken, and a rollback may have marks to give
 * back, which whoever is at work would write over.
 */
async function isNothingToDo(
  { packageManager }: Running,
  { operation, packages, remove, files }: TransactionRequest,
) {
  const isEmpty = packages.length + remove.length + files.length === 0
  return isEmpty && operation !== 'rollback' && !isDamaged(await packageManager.damage())
}

/** The way of a job. Each step can be taken again by a new agent, and finds what the one before it did. */
export const steps: Record<Exclude<JobPhase, 'reboot' | 'over'>, Step> = {
  async queued(running, { job_id, request }) {
    const { live, store, boot_id } = running
    const isIdle = request !== null && (await isNothingToDo(running, request))
    if (!isIdle) await waitForTurn(running, job_id)
    if (store.get(job_id).status !== 'pending') return { phase: 'over' }
    const phase = request === null ? 'refresh' : isIdle ? 'verify' : 'repair'
    live.move(job_id, 'start', { message: 'Looks at the host.', phase, boot_id })
    return { phase }
  },

  async repair(running, { job_id }) {
    const mayStart = () => isRunning(running, job_id)
    const damage = await repair(running, job_id, { name: 'repair', mayStart })
    // What is still broken may be what this job is to mend: whether it can go on, the plan says.
    if (isDamaged(damage))
      running.live.log(
        job_id,
        'warning',
        `Still broken after the repair: ${nameSome(damage.broken_packages)}`,
      )
    return goOn(running, job_id, 'plan')
  },

  plan,

  async download(running, job) {
    const { job_id, retries } = job
    const phase = numbered('download', retries.length + 1)
    const ended = await perform(running, job_id, {
      phase,
      stop: 'SIGTERM',
      span: { from: 5, to: 45 },
      command: () => running.packageManager.download(requestOf(job), job_id),
      mayStart: () => isRunning(running, job_id),
    })
    if (isWellEnded(ended, phase)) {
      const overcome = running.store.lastLine(job_id)
      return { ended: { ...ended, overcome }, ...goOn(running, job_id, 'prepare') }
    }
    // An archive may have moved on since its lists were fetched: with new ones it is tried once more.
    const isWorthIt = ended.result === 'exit-code' && !retries.includes('lists')
    const failed = { ...ended, said: reasonsOf(running, job_id) }
    return { ended: failed, ...goOn(running, job_id, isWorthIt ? 'refresh' : 'verify') }
  },

  refresh,
  prepare,
  install,

  /**
   * What was asked to stop, by its timeout or by the host going down, ends in good order and yet leaves packages
   * unpacked: whatever is broken now and was not before is repaired before anybody judges.
   */
  async recover(running, { job_id, plan }) {
    const { interrupted, broken_packages } = await running.packageManager.damage()
    const before = new Set(plan?.broken)
    if (interrupted || broken_packages.some((name) => !before.has(name))) {
      await waitForLock(running, job_id)
      await repair(running, job_id, { name: 'recover', mayStart: () => true })
    }
    return { phase: 'verify' }
  },

  verify,
}
