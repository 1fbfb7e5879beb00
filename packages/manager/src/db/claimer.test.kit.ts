import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase } from './open.ts'
import { nothingDone } from './samples.test.kit.ts'

/**
 * For tests only: a manager as a process of its own. It finishes parts of jobs until there are none, and
 * prints a line for each that it had: the part, its host, and the time from when until when it held it.
 */
const [, , url = '', owner = ''] = process.argv
const { stores, close } = await openDatabase(url)
const time = () => process.hrtime.bigint().toString()

for (let idle = 0; idle < 5;) {
  const now = new Date()
  const lease_until = new Date(now.getTime() + 60_000).toISOString()
  const parts = await stores.jobs.claim({ owner, now: now.toISOString(), lease_until, limit: 7 })
  const from = time()
  idle = parts.length > 0 ? 0 : idle + 1
  if (idle > 0) await wait(20)
  for (const { id, host_id } of parts) {
    const done = { ...nothingDone, message: 'Done.', now: new Date().toISOString() }
    const until = time()
    if (!(await stores.jobs.finish(id, owner, 'complete', done))) throw new Error('Lost a part.')
    console.log([id, host_id, from, until].join(' '))
  }
}
await close()
