import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Damage } from '../package-manager.ts'
import { start } from '../transient-unit.ts'
import type { StoredEnd, StoredJob } from '../store/job-row.ts'
import { expireIfDue } from './deadline.ts'
import { follow, lookPatiently, type Span } from './follow.ts'
import { jobUnit, type Running } from './running.ts'
import { nameSome } from './text.ts'

type Work = {
  phase: string
  stop: 'SIGTERM' | 'SIGINT'
  span?: Span
  command: () => Command
  /** Whether it may begin, where nothing of it is found. */
  mayStart: () => boolean
}

/** Starts a phase's unit, or finds it where an agent before this one started it, and follows it to its end. */
export async function perform(running: Running, job_id: string, work: Work): Promise<StoredEnd> {
  const unit = jobUnit(running, job_id, work.phase)
  const found = await lookPatiently(running, unit)
  // Only before a beginning: what ended in time while there was no agent was not late.
  if (found === 'lost') await expireIfDue(running, job_id)
  if (found === 'lost' && work.mayStart()) {
    running.stopping.throwIfAborted()
    mkdirSync(unit.folder, { recursive: true, mode: 0o700 })
    await start(running.run, { ...unit, command: work.command(), stop: work.stop })
  }
  const ended = await follow(running, unit, work.span)
  const words = `${ended.phase} ended: ${ended.result} ${ended.code} ${ended.status}`
  running.live.log(job_id, 'info', words.trim())
  return ended
}

/**
 * Whether a unit that is gone without a word did anything at all: before its command, a unit makes its status file.
 * After another boot a file that is missing proves nothing.
 */
export const neverBegan = (running: Running, job: StoredJob, phase: string) =>
  job.boot_id === running.boot_id &&
  !existsSync(join(running.folder, job.job_id, `${phase}.status`))

export const isDamaged = ({ interrupted, broken_packages }: Damage) =>
  interrupted || broken_packages.length > 0

type Repair = { name: 'repair' | 'recover'; mayStart: () => boolean }

/** Repairs what an interrupted transaction left, one command after the other, for as long as something is wrong. */
export async function repair(running: Running, job_id: string, { name, mayStart }: Repair) {
  const { packageManager, live } = running
  for (let step = 0; ; step += 1) {
    const phase = `${name}-${step + 1}`
    const unit = jobUnit(running, job_id, phase)
    const found = await lookPatiently(running, unit)
    if (found === 'running') await follow(running, unit)
    if (found !== 'lost') continue

    const damage = await packageManager.damage()
    const command = isDamaged(damage) ? packageManager.repair(damage)[step] : undefined
    if (!command || !mayStart()) return damage
    live.log(job_id, 'warning', `${describe(damage)}: ${command.argv.join(' ')}`)
    await perform(running, job_id, { phase, stop: 'SIGINT', command: () => command, mayStart })
  }
}

function describe({ interrupted, broken_packages }: Damage): string {
  const broken = broken_packages.length > 0 ? `broken are ${nameSome(broken_packages)}` : ''
  const cutOff = interrupted ? 'a transaction was interrupted' : ''
  return `The package database needs repair (${[cutOff, broken].filter(Boolean).join(', ')})`
}
