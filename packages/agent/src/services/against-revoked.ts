import type { ReasonAgainst } from '../pki/peer.ts'
import type { Settings } from './settings.ts'

/** Why a certificate counts no longer, by the lists of revoked ones and what the settings make of an old list. */
export const againstRevoked =
  ({ revoked, config }: Pick<Settings, 'revoked' | 'config'>, now: () => Date): ReasonAgainst =>
  (serialNumber) => {
    if (revoked.isRevoked(serialNumber)) return 'revoked'
    if (config.value().crl.expired_policy === 'warn') return null
    const state = revoked.state(now())
    return state === 'valid' ? null : `the list of revoked certificates is ${state}`
  }
