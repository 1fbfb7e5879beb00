import type { Log } from '../log.ts'
import type { OwnCertificates } from './own-certificates.ts'

const DAY = 24 * 3_600_000

type Deps = {
  certificates: Pick<OwnCertificates, 'renew' | 'web'>
  /** Puts another certificate before whoever comes next. */
  show: (web: ReturnType<OwnCertificates['web']>) => void
  log: Log
  every_ms?: number | undefined
}

/** Looks at the manager's own certificates now and then, so that none of them ends while it runs. */
export function renewal({ certificates, show, log, every_ms = DAY }: Deps) {
  /** One that cannot be renewed leaves the other as it would be. */
  async function lookAt(certificate: 'manager' | 'web') {
    try {
      if (!(await certificates.renew[certificate]())) return
      if (certificate === 'web') show(certificates.web())
      log.info({ certificate }, 'own certificate renewed')
    } catch (error) {
      log.error({ certificate, err: error }, 'own certificate not renewed')
    }
  }
  async function look() {
    await lookAt('manager')
    await lookAt('web')
  }
  let underWay = false
  const timer = setInterval(() => {
    if (underWay) return
    underWay = true
    void look().finally(() => (underWay = false))
  }, every_ms)
  return { stop: () => clearInterval(timer) }
}
