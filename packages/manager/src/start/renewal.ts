import type { Log } from '../log.ts'
import type { OwnCertificates } from './own-certificates.ts'

const DAY = 24 * 3_600_000

type Deps = {
  certificates: Pick<OwnCertificates, 'renew' | 'web'>
  /** Put another certificate before whoever comes next. */
  show: { web: (web: ReturnType<OwnCertificates['web']>) => void; enrolled: () => void }
  log: Log
  every_ms?: number | undefined
}

/** Looks at the manager's own certificates now and then, so that none of them ends while it runs. */
export function renewal({ certificates, show, log, every_ms = DAY }: Deps) {
  /** One that cannot be renewed leaves the others as they would be. */
  async function lookAt(certificate: keyof OwnCertificates['renew']) {
    try {
      if (!(await certificates.renew[certificate]())) return
      if (certificate === 'web') show.web(certificates.web())
      if (certificate === 'enrolled') show.enrolled()
      log.info({ certificate }, 'own certificate renewed')
    } catch (error) {
      log.error({ certificate, err: error }, 'own certificate not renewed')
    }
  }
  async function look() {
    await lookAt('manager')
    await lookAt('web')
    await lookAt('enrolled')
  }
  let looking = Promise.resolve()
  const lookNext = () => (looking = looking.then(look))
  const timer = setInterval(() => void lookNext(), every_ms)
  return {
    look: lookNext,
    /** Waits for a look that is under way. */
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}
