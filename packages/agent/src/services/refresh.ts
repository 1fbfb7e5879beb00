import type { StoredEnd, StoredJob } from '../store/job-row.ts'
import { goOn, numbered, type Next } from './next.ts'
import { reasonsOf } from './reasons.ts'
import { isRunning, pause, type Running } from './running.ts'
import { harmless } from './text.ts'
import { perform } from './units.ts'
import { isWellEnded } from './verdict.ts'
import { waitForLock } from './waiting.ts'

/** Nobody waits for the lock of the lists but whoever asks again, and a mirror may be away for a moment. */
const TRIES = 3

/** Fetches the package lists: as a job of its own, or because what they name could not be downloaded. */
export async function refresh(running: Running, job: StoredJob): Promise<Next> {
  const { job_id, retries } = job
  const tries = retries.filter((retry) => retry === 'lists').length + 1
  const phase = numbered('refresh', tries)
  await waitForLock(running, job_id)
  running.live.record(job_id, { message: 'Fetches the package lists.' })
  const ended = await perform(running, job_id, {
    phase,
    stop: 'SIGTERM',
    ...(job.request ? {} : { span: { from: 5, to: 95 } }),
    command: () => running.packageManager.refresh(job_id),
    mayStart: () => isRunning(running, job_id),
  })
  const isFetched = isWellEnded(ended, phase)
  note(running, job, ended, isFetched)

  const again = { retries: [...retries, 'lists' as const] }
  if (job.request && isFetched) return { ...again, ...goOn(running, job_id, 'plan') }
  if (job.request) return { phase: 'verify', ...withoutLists(running, job) }
  if (isFetched || tries === TRIES || !isRunning(running, job_id)) return { phase: 'verify', ended }
  running.live.log(job_id, 'warning', 'The package lists could not be fetched; tries again.')
  await pause(running, tries * 4)
  return { ...again, ended, ...goOn(running, job_id, 'refresh') }
}

/** What the download said of itself tells more than that new lists could not be had: that comes after it. */
function withoutLists({ lists }: Running, { ended }: StoredJob) {
  const failure = lists.failure()
  if (!ended || failure === null) return {}
  const why = `New package lists could not be had either: ${failure}`
  return { ended: { ...ended, said: [...(ended.said ?? []), why] } }
}

function note(
  running: Running,
  { job_id, ended: before }: StoredJob,
  { phase, ...ended }: StoredEnd,
  isFetched: boolean,
) {
  if (isFetched) return running.lists.succeeded()
  // A job that was stopped says nothing about the mirrors.
  if (!isRunning(running, job_id)) return undefined
  const said = reasonsOf(running, job_id).filter((line) => !before?.said?.includes(line))
  const plain = `The ${phase} ended with ${ended.result} (${ended.code} ${ended.status}).`
  return running.lists.failed(harmless(said.length > 0 ? said.join(' ') : plain))
}
