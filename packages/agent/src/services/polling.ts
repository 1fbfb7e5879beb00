import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '@linux-patch/shared/failure'

type Deps = { interval_seconds: number; signal: AbortSignal; say: (line: string) => void }

const WORTH_WAITING = ['unavailable', 'rate_limited', 'internal']
const LONGEST_SECONDS = 60

/**
 * Asks until there is an answer: at its interval while the answer is undefined, and less and less often while the
 * manager cannot be reached or says that it is too often.
 */
export async function poll<Answer>(
  ask: () => Promise<Answer | undefined>,
  { interval_seconds, signal, say }: Deps,
): Promise<Answer> {
  for (let failures = 0; ;) {
    let seconds = interval_seconds
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
      failures = 0
    } catch (error) {
      if (!isWorthWaiting(error)) throw error
      seconds = backOff(interval_seconds, failures, error)
      if (failures === 0) say(`${error.message} Trying again.`)
      failures += 1
    }
    await wait(seconds * 1000, undefined, { signal })
  }
}

const isWorthWaiting = (error: unknown): error is Failure =>
  error instanceof Failure && WORTH_WAITING.includes(error.code)

function backOff(interval: number, failures: number, { details }: Failure): number {
  const asked = Number(details.retry_after_seconds)
  const doubled = Math.min(interval * 2 ** failures, Math.max(interval, LONGEST_SECONDS))
  return Number.isFinite(asked) ? Math.max(doubled, Math.min(asked, 10 * LONGEST_SECONDS)) : doubled
}
