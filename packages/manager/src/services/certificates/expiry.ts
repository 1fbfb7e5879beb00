import { stateOfCertificate } from '@linux-patch/shared/certificate-state'
import type { Database } from '../../db/open.ts'
import type { Log } from '../../log.ts'
import { entryBySystem } from '../audit/audit.ts'

type Deps = { database: Database; log: Log; now: () => Date }

const DAY = 24 * 3_600_000
/** No certificate lives longer than a year, and none is spoken of before its last sixth. */
const EARLIEST_DAYS = 61

/** Puts on record, once for each, the hosts whose certificates end soon because nobody renewed them. */
export const expiryWarnings = ({ database, log, now }: Deps) =>
  async function warn(): Promise<void> {
    const at = now()
    const horizon = new Date(at.getTime() + EARLIEST_DAYS * DAY).toISOString()
    const ending = await database.stores.hostCertificates.listEnding(horizon)
    for (const { id, host_id, name, serial, not_before, not_after } of ending) {
      const state = stateOfCertificate({ from: new Date(not_before), to: new Date(not_after) }, at)
      if (state !== 'expiring' && state !== 'expired') continue
      const what = { action: 'certificate_expiring', target_type: 'host', target_id: host_id }
      const isNews = await database.transaction(async ({ hostCertificates, audit }) => {
        if (!(await hostCertificates.markExpiryTold(id, at.toISOString()))) return false
        const details = { name, serial, not_after, state }
        await audit.append(entryBySystem(at, { ...what, details }))
        return true
      })
      if (isNews) log.warn({ host_id, name, not_after, state }, 'certificate not renewed')
    }
  }
