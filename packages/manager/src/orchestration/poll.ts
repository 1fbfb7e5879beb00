import type { HostDetailRecord, Hosts } from '../db/hosts/hosts.ts'
import type { Log } from '../log.ts'

type Rules = { read_every_seconds: number; retry_every_seconds: number; concurrent: number }
type Deps = {
  hosts: Hosts
  read: (host: HostDetailRecord) => Promise<unknown>
  rules: Rules
  log: Log
  now: () => Date
}

const TURN = 2000

/** Reads every host from time to time, and those that did not answer, or are new, more often. */
export function hostPoller({ hosts, read, rules, log, now }: Deps) {
  const reading = new Map<string, Promise<unknown>>()
  const ago = (seconds: number) => new Date(now().getTime() - seconds * 1000).toISOString()
  let stopped = false

  async function turn() {
    const free = rules.concurrent - reading.size
    if (free <= 0 || stopped) return
    const due = await hosts.listDue({
      settled_before: ago(rules.read_every_seconds),
      unsettled_before: ago(rules.retry_every_seconds),
      limit: free + reading.size,
    })
    for (const id of due.filter((id) => !reading.has(id)).slice(0, free)) {
      const work = hosts.get(id, 'all').then(read)
      reading.set(
        id,
        work.catch(complain).finally(() => reading.delete(id)),
      )
    }
  }
  const complain = (error: unknown) => {
    if (!stopped) log.error({ err: error }, 'hosts could not be polled')
  }
  let turning = Promise.resolve()
  const wake = () => {
    turning = turning.then(turn).catch(complain)
  }
  const timer = setInterval(wake, TURN)
  wake()

  return {
    wake,
    /** Starts no reading any more, and waits for those under way. */
    async stop() {
      stopped = true
      clearInterval(timer)
      await turning
      await Promise.all(reading.values())
    },
  }
}
