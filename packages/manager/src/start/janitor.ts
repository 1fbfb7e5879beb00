import type { Database } from '../db/open.ts'
import type { Log } from '../log.ts'
import { auditKeeping, type AuditPlace } from '../services/audit/keeping.ts'
import { purgeAttempts } from '../services/sign-in/attempts.ts'
import { expiryWarnings } from '../services/certificates/expiry.ts'
import type { SettingsService } from '../services/settings/settings.ts'

/** Keys that nobody fetched live ten minutes, and are not to lie about much longer. */
const EVERY_MS = 5 * 60_000

type Deps = {
  database: Database
  auditPlace: AuditPlace
  settings: Pick<SettingsService, 'get'>
  log: Log
  now: () => Date
}

/** Removes what has had its time, requests nobody decided and sessions that ended, and says what soon will. */
export function janitor({ database, auditPlace, settings, log, now }: Deps) {
  const { stores } = database
  const retentionDays = async () => (await settings.get('audit')).retention_days
  const keepAudit = auditKeeping({ ...auditPlace, stores, retentionDays, log, now })
  const warn = expiryWarnings({ database, log, now })
  async function clean() {
    const at = now().toISOString()
    try {
      await stores.sso.purgeExpired(at)
      await stores.ssoLogouts.purgeExpired(at)
      await stores.enrollments.purgeExpired(at)
      await stores.sessions.purgeExpired(at)
      await stores.signInChallenges.purgeExpired(at)
      await purgeAttempts(stores, now())
      await warn()
      await keepAudit()
    } catch (error) {
      log.error({ err: error }, 'cleaning failed')
    }
  }
  let cleaning = clean()
  const timer = setInterval(() => void (cleaning = cleaning.then(clean)), EVERY_MS)
  return {
    /** Waits for what is under way. */
    async stop() {
      clearInterval(timer)
      await cleaning
    },
  }
}
