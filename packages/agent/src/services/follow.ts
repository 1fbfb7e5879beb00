import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLine } from '@linux-patch/shared/agent-job'
import { findEnd, look, type Ended, type Phase } from '../transient-unit.ts'
import type { StoredEnd } from '../store/job-row.ts'
import type { Recorded } from '../store/job-moves.ts'
import { expireIfDue, stopIfGivenUp } from './deadline.ts'
import { pause, type Running } from './running.ts'
import { readLines } from './tail.ts'
import { harmless } from './text.ts'

/** What part of a job's progress a phase is, in percent of the whole. What installs has fetched nothing new to tell of. */
export type Span = { from: number; to: number; installs?: boolean }

/** A unit tells its end in a file; whether there still is one is a question to systemd, which takes it as long as ten of ours. */
const LOOKS_A_QUESTION = 5

/** Follows a unit to its end, and passes on what it says. */
export async function follow(running: Running, unit: Phase, span?: Span): Promise<StoredEnd> {
  let isAsked = false
  for (let looks = 1; ; looks += 1) {
    const isToAsk = looks % LOOKS_A_QUESTION === 0
    const state = await lookPatiently(running, unit, isToAsk ? look : lookForEnd)
    await readOn(running, unit, { span, last: state !== 'running' })
    if (state !== 'running') return toEnd(unit, state)
    await expireIfDue(running, unit.job_id)
    if (!isAsked) isAsked = await stopIfGivenUp(running, unit)
    await pause(running)
  }
}

const toEnd = ({ phase }: Phase, state: Ended | 'lost'): StoredEnd =>
  state === 'lost' ? { phase, result: 'lost', code: '', status: '' } : { phase, ...state }

const lookForEnd: typeof look = async (_run, unit) => (await findEnd(unit)) ?? 'running'

/** A systemd or a disk that does not answer is no reason to believe that nothing runs: asks until it knows. */
export async function lookPatiently(running: Running, unit: Phase, lookAt = look) {
  for (;;) {
    try {
      return await lookAt(running.run, unit)
    } catch (error) {
      running.log.error({ err: error, ...unit }, 'how a job is cannot be seen')
      await expireIfDue(running, unit.job_id)
      await pause(running, 10)
    }
  }
}

type Reading = { span: Span | undefined; last: boolean }

async function readOn(running: Running, unit: Phase, { span, last }: Reading) {
  const job = running.store.get(unit.job_id)
  const timestamp = running.now().toISOString()
  const output = await readLines(join(unit.folder, 'output.log'), job.output_offset, last)
  const said = output.lines.map(harmless).map((message) => {
    return { timestamp, level: running.packageManager.levelOf(message), message }
  })
  const { recorded, errors } = span
    ? await readStatus(running, unit, { span, last, offset: job.status_offset })
    : { recorded: {}, errors: [] }
  const { status_offset = job.status_offset } = recorded
  if (output.offset === job.output_offset && status_offset === job.status_offset) return

  const lines = [...said, ...errors.map((message) => toError(timestamp, message))]
  running.live.record(unit.job_id, { ...recorded, output_offset: output.offset }, lines)
  emptyIfHuge(running, unit, output.offset)
}

/** More than this of output is not kept on the disk: a script that prints without end must not fill it. */
const MOST_OUTPUT = 16 * 1024 * 1024

/** The unit appends, so it goes on at the new end. What it wrote between our reading and this is lost. */
function emptyIfHuge({ live }: Running, { job_id, folder }: Phase, offset: number) {
  if (offset <= MOST_OUTPUT) return
  truncateSync(join(folder, 'output.log'))
  live.record(job_id, { output_offset: 0 })
}

type StatusReading = { span: Span; last: boolean; offset: number }

async function readStatus(
  { packageManager }: Running,
  unit: Phase,
  { span, last, offset }: StatusReading,
): Promise<{ recorded: Recorded; errors: string[] }> {
  const status = await readLines(join(unit.folder, `${unit.phase}.status`), offset, last)
  const progress = status.lines
    .map((line) => packageManager.progress(line))
    .filter((one) => one !== undefined)
  const recorded: Recorded = { status_offset: status.offset }
  const latest = progress.findLast(({ is_download }) => !(is_download && span.installs))
  if (latest) {
    const percent = span.from + ((span.to - span.from) * latest.percent) / 100
    recorded.progress_percent = Math.min(Math.round(percent), Math.floor(span.to))
    recorded.message = harmless(latest.message)
  }
  const failed = progress.filter(({ failed_package }) => failed_package !== null)
  return { recorded, errors: failed.map(({ message }) => message) }
}

const toError = (timestamp: string, message: string): LogLine => ({
  timestamp,
  level: 'error',
  message: harmless(message),
})
