import { Failure } from '@linux-patch/shared/failure'
import type { RateClass } from '../config.ts'

const WINDOW_MS = 60_000

type Deps = {
  limits: () => Record<RateClass, number>
  /** Milliseconds that nobody can set back: a step of the wall clock must not lock the manager out. */
  now?: () => number
}
export type RateLimits = ReturnType<typeof rateLimits>

/** A sliding window for each client and class: at no moment were there more in the minute before it. */
export function rateLimits({ limits, now = () => performance.now() }: Deps) {
  const taken = new Map<string, number[]>()

  function forget() {
    for (const [key, times] of taken)
      if ((times.at(-1) ?? 0) <= now() - WINDOW_MS) taken.delete(key)
  }

  return {
    /** Counts one request, or throws RATE_LIMIT_EXCEEDED and counts nothing. */
    take(client: string, rate: RateClass) {
      const key = `${client} ${rate}`
      const times = (taken.get(key) ?? []).filter((time) => time > now() - WINDOW_MS)
      const limit = limits()[rate]
      // Clients are few; what is looked through here was left by those that have gone.
      if (taken.size > 1000) forget()
      if (times.length >= limit) throw tooMany(rate, limit, waitFor(times, limit, now()))
      taken.set(key, [...times, now()])
    },
  }
}

/** Until so many have left the window that one more fits: the limit may have been lowered since. */
function waitFor(times: number[], limit: number, now: number) {
  const leaves = times[times.length - limit] ?? now
  return Math.max(1, Math.ceil((leaves + WINDOW_MS - now) / 1000))
}

const tooMany = (rate: RateClass, limit: number, seconds: number) =>
  new Failure('RATE_LIMIT_EXCEEDED', `More than ${limit} requests a minute of class ${rate}.`, {
    details: { retry_after_seconds: seconds, limit, class: rate },
  })
