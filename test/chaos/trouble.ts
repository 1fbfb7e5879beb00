import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '@linux-patch/shared/failure'
import type { Draw, Trouble } from './draws.ts'
import type { World } from './world.ts'

/** The phases that a job may go through, in their order. */
export const ORDER = [
  'queued',
  'repair',
  'plan',
  'refresh',
  'download',
  'prepare',
  'install',
  'recover',
  'verify',
  'over',
]

/** How long after the beginning of its phase trouble may come and mostly still meet it. */
const WITHIN_MS = {
  queued: 800,
  plan: 300,
  download: 600,
  prepare: 200,
  install: 2500,
  verify: 60,
}

/** Makes trouble for a job at the moment that was drawn, and counts what it really met. */
export async function makeTrouble(world: World, job_id: string, draw: Draw) {
  const { trouble, moment, again_ms } = draw
  if (!trouble) return
  if (moment.phase === 'any') await wait(moment.delay_ms)
  else if (moment.phase !== 'asked') {
    await reach(world, job_id, moment.phase)
    await wait(moment.delay_ms % WITHIN_MS[moment.phase])
  }
  await strike(world, job_id, trouble)
  if (again_ms === null) return
  await wait(again_ms)
  await strike(world, job_id, 'killed')
}

/** Waits until a job has come so far, or further. */
async function reach({ phaseOf }: World, job_id: string, phase: string) {
  const aim = ORDER.indexOf(phase)
  while (ORDER.indexOf(phaseOf(job_id) ?? 'over') < aim) await wait(5)
}

/** A job that was over already has met nothing. */
async function strike(world: World, job_id: string, trouble: Trouble) {
  const before = world.phaseOf(job_id) ?? 'over'
  if (before === 'over') return
  if (trouble === 'cancelled') return cancel(world, job_id, before)
  await shake(world, trouble)
  // Nobody is there to go on after a kill, so the record is of the moment that it came.
  const met = trouble === 'killed' ? (world.phaseOf(job_id) ?? 'over') : before
  if (met !== 'over') world.tally.count(trouble, met)
}

/** Kills the agent as `kill -9` does, or restarts its service. */
export async function shake({ host: { web } }: World, trouble: 'killed' | 'restarted') {
  if (trouble === 'restarted') await web.sh('systemctl restart linux-patch-agent')
  // One that is just starting again may have no process to kill.
  else await web.exec(['systemctl', 'kill', '-s', 'KILL', '--kill-whom=main', 'linux-patch-agent'])
}

async function cancel(world: World, job_id: string, phase: string) {
  const { host, insist, tally } = world
  try {
    await insist(() => host.api.deleteJob({ job_id, cancel_only: true }))
    tally.count('cancelled', phase)
  } catch (error) {
    // It has ended meanwhile, or the first of two tries was heard.
    const isLate = error instanceof Failure && error.code === 'JOB_CONFLICT'
    if (!isLate) throw error
  }
}
