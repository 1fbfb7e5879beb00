import type { Log } from '../log.ts'
import type { Revocation } from '../services/certificates/revocation.ts'
import type { RevocationLists } from '../services/certificates/revocation-lists.ts'
import type { Roots } from '../services/certificates/roots.ts'
import type { OwnCertificates } from './own-certificates.ts'

const EVERY = 2000

type Deps = {
  certificates: Pick<OwnCertificates, 'areInForce'>
  authority: Pick<Roots, 'refresh'>
  lists: Pick<RevocationLists, 'renew'>
  revocation: Pick<Revocation, 'dropRevoked' | 'tellHosts'>
  /** Lets go of the hosts that have come here and count no longer. */
  recheck: () => Promise<void>
  /** Another root signs or counts, or a certificate of our own was revoked. */
  onNews: () => Promise<void>
  log: Log
}

/** Looks every other second for what another manager or a command changed: roots, and what was revoked. */
export function watch({ certificates, authority, lists, revocation, recheck, onNews, log }: Deps) {
  async function look() {
    try {
      const isNews = await authority.refresh()
      const wasBehind = await lists.renew()
      await revocation.dropRevoked()
      await recheck()
      if (isNews || !(await certificates.areInForce())) await onNews()
      if (isNews || wasBehind) void revocation.tellHosts().catch(complain)
    } catch (error) {
      complain(error)
    }
  }
  const complain = (error: unknown) =>
    log.error({ err: error }, 'roots and revoked certificates not looked for')

  let looking = Promise.resolve()
  let underWay = false
  const timer = setInterval(() => {
    if (underWay) return
    underWay = true
    looking = look().finally(() => (underWay = false))
  }, EVERY)
  return {
    /** Waits for a look that is under way. */
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}
