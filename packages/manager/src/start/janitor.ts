import type { Database } from '../db/open.ts'
import type { Log } from '../log.ts'
import { purgeAttempts } from '../services/attempts.ts'
import { expiryWarnings } from '../services/expiry.ts'

/** Keys that nobody fetched live ten minutes, and are not to lie about much longer. */
const EVERY_MS = 5 * 60_000

type Deps = { database: Database; log: Log; now: () => Date }

/** Removes what has had its time, requests nobody decided and sessions that ended, and says what soon will. */
export function janitor({ database, log, now }: Deps) {
  const warn = expiryWarnings({ database, log, now })
  async function clean() {
    const at = now().toISOString()
    try {
      await database.stores.enrollments.purgeExpired(at)
      await database.stores.sessions.purgeExpired(at)
      await database.stores.signInChallenges.purgeExpired(at)
      await purgeAttempts(database.stores, now())
      await database.stores.sso.purgeExpired(at)
      await warn()
    } catch (error) {
      log.error({ err: error }, 'cleaning failed')
    }
  }
  void clean()
  const timer = setInterval(() => void clean(), EVERY_MS)
  return { stop: () => clearInterval(timer) }
}
