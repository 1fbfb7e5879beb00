import type { JobPhase, StoredEnd, StoredJob, StoredPlan } from '../store/job-row.ts'
import type { PlannedChange } from '../package-manager.ts'
import { checkDisk } from './disk.ts'
import { pause, type Running } from './running.ts'
import { harmless, nameSome } from './text.ts'
import { isDamaged, isRunning, neverBegan, perform, repair } from './units.ts'
import { isWellEnded } from './verdict.ts'
import { verify } from './verify.ts'

/** Where a job goes next, and what it takes along. */
type Next = { phase: JobPhase; plan?: StoredPlan; ended?: StoredEnd }
type Step = (running: Running, job: StoredJob) => Promise<Next>

/** The way of a job. Each step can be taken again by a new agent, and finds what the one before it did. */
export const steps: Record<Exclude<JobPhase, 'over'>, Step> = {
  async queued(running, { job_id, status, request }) {
    const { live, boot_id } = running
    if (status !== 'pending') return { phase: 'over' }
    const phase = request.packages.length === 0 ? 'verify' : 'repair'
    if (phase === 'repair') await waitForLock(running, job_id)
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

  async plan(running, { job_id, request, status }) {
    if (status !== 'running') return { phase: 'verify' }
    const { live } = running
    live.record(job_id, { progress_percent: 1, message: 'Works out what would change.' })
    const plan = await makePlan(running, request)
    live.log(job_id, 'info', `The plan has ${plan.changes.length} changes.`)
    for (const change of plan.changes) live.log(job_id, 'info', sayChange(change))
    if (plan.changes.length === 0) return { phase: 'verify', plan }

    await checkDisk(plan, running.lookAtDisk)
    live.record(job_id, { progress_percent: 5, message: 'Downloads.' })
    return { ...goOn(running, job_id, 'download'), plan }
  },

  async download(running, { job_id, request }) {
    const ended = await perform(running, job_id, {
      phase: 'download',
      stop: 'SIGTERM',
      span: { from: 5, to: 45 },
      command: () => running.packageManager.download(request, job_id),
      mayStart: () => isRunning(running, job_id),
    })
    if (!isWellEnded(ended, 'download')) return { phase: 'verify', ended }
    return { ...goOn(running, job_id, 'install'), ended }
  },

  async install(running, job) {
    const { job_id, request } = job
    const ended = await perform(running, job_id, {
      phase: 'install',
      stop: 'SIGINT',
      span: { from: 45, to: 98 },
      command: () => running.packageManager.install(request, job_id),
      // Never twice: what was interrupted is repaired and judged.
      mayStart: () => isRunning(running, job_id) && neverBegan(running, job, 'install'),
    })
    return { phase: 'recover', ended }
  },

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

  async verify(running, job) {
    await verify(running, job)
    return { phase: 'over' }
  },
}

const sayChange = ({ action, name, version_before, version_planned }: PlannedChange) =>
  [
    `${action} ${name}`,
    ...(version_before === null ? [] : [`from ${version_before}`]),
    ...(version_planned === null ? [] : [`to ${version_planned}`]),
  ].join(' ')

const goOn = (running: Running, job_id: string, phase: JobPhase): Next => ({
  phase: isRunning(running, job_id) ? phase : 'verify',
})

/** Another program's transaction is waited for, and by name, so that nobody wonders. */
async function waitForLock(running: Running, job_id: string) {
  const { packageManager, live } = running
  let known: string | null = null
  for (;;) {
    const holder = await packageManager.lockHolder()
    if (holder === null) return
    const message = harmless(`waiting for ${holder}`)
    if (holder !== known) {
      live.record(job_id, { message })
      live.log(job_id, 'info', message)
    }
    known = holder
    await pause(running)
  }
}

async function makePlan(
  { packageManager }: Running,
  request: StoredJob['request'],
): Promise<StoredPlan> {
  const plan = await packageManager.plan(request)
  const [versions, automatic] = await Promise.all([
    packageManager.versions(),
    packageManager.automatic(),
  ])
  const planned = new Set(plan.changes.map(({ name }) => name))
  const broken = [...versions].filter(([, { state }]) => state === 'broken')
  return {
    ...plan,
    automatic: [...planned].filter((name) => automatic.has(name)),
    broken: broken.map(([name]) => name),
  }
}
