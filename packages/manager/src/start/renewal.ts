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
  async function look() {
    try {
      const renewed = await certificates.renew()
      if (renewed.includes('web')) show(certificates.web())
      if (renewed.length > 0) log.info({ certificates: renewed }, 'own certificates renewed')
    } catch (error) {
      log.error({ err: error }, 'own certificates not renewed')
    }
  }
  let underWay = false
  const timer = setInterval(() => {
    if (underWay) return
    underWay = true
    void look().finally(() => (underWay = false))
  }, every_ms)
  return { stop: () => clearInterval(timer) }
}
