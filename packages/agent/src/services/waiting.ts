import { expireIfDue } from './deadline.ts'
import { isRunning, isUnwanted, pause, type Running } from './running.ts'
import { harmless } from './text.ts'

/** Waits until another program's transaction is over, and says whose it is, so that nobody wonders. */
export async function waitForLock(running: Running, job_id: string): Promise<void> {
  const isOver = async () => {
    await expireIfDue(running, job_id)
    return !isRunning(running, job_id) || isUnwanted(running, job_id)
  }
  await waitFor(running, job_id, { isOver, what: () => lockHolder(running) })
}

/** As long as a job waits for its turn, it can be taken back. */
export async function waitForTurn(running: Running, job_id: string): Promise<void> {
  const isOver = async () => running.store.get(job_id).status !== 'pending'
  const what = async () => dueReboot(running) ?? tooMany(running) ?? lockHolder(running)
  await waitFor(running, job_id, { isOver, what })
}

const lockHolder = ({ packageManager }: Running) => packageManager.lockHolder()

/** Nothing begins that the reboot would only interrupt. */
function dueReboot({ store, now }: Running): string | null {
  const isDue = store.reboots().some(({ scheduled_at }) => isPast(scheduled_at, now()))
  return isDue ? 'the reboot of this host' : null
}

/** A reboot in its delay and patches that wait for theirs run as well. None of them waits for this job. */
function tooMany({ store, maxConcurrent }: Running): string | null {
  const most = maxConcurrent()
  const begun = store.waitingOrRunning().filter(({ status }) => status === 'running')
  return begun.length < most ? null : `a running job to end: no more than ${most} may run at once`
}

const isPast = (moment: string | null, now: Date) =>
  moment !== null && Date.parse(moment) <= now.getTime()

type Waiting = { isOver: () => Promise<boolean>; what: () => Promise<string | null> }

async function waitFor(running: Running, job_id: string, { isOver, what }: Waiting) {
  let known: string | null = null
  while (!(await isOver())) {
    const holder = await what()
    if (holder === null) return
    const message = harmless(`waiting for ${holder}`)
    if (holder !== known) {
      running.live.record(job_id, { message })
      running.live.log(job_id, 'info', message)
    }
    known = holder
    await pause(running)
  }
}
