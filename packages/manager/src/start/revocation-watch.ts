import type { Log } from '../log.ts'
import type { Revocation } from '../services/revocation.ts'

const EVERY = 2000

type Deps = { revocation: Pick<Revocation, 'dropRevoked'>; log: Log }

/** Looks every other second for what another manager revoked, and drops what is open to it here. */
export function revocationWatch({ revocation, log }: Deps) {
  let underWay = false
  async function look() {
    if (underWay) return
    underWay = true
    try {
      await revocation.dropRevoked()
    } catch (error) {
      log.error({ err: error }, 'revoked certificates not looked for')
    } finally {
      underWay = false
    }
  }
  const timer = setInterval(() => void look(), EVERY)
  return { stop: () => clearInterval(timer) }
}
