import type { Log } from '../log.ts'
import type { OnEnded } from '../services/caller.ts'
import type { SessionOpening } from '../services/sign-in/session-opening.ts'
import { ssoAccounts } from '../services/sso/accounts.ts'
import { ssoHandoffs } from '../services/sso/handoffs.ts'
import { ssoService } from '../services/sso/sso.ts'
import type { Opened } from './open.ts'

type Deps = {
  opened: Pick<Opened, 'database' | 'settings'>
  opening: SessionOpening
  onEnded: OnEnded
  urls: () => string[]
  log: Log
  now: () => Date
}

/** What lets in whom another system vouches for. */
export function ssoServices({ opened, opening, onEnded, urls, log, now }: Deps) {
  const { database, settings } = opened
  const handoffs = ssoHandoffs({ database, opening, now })
  return {
    ssoHandoffs: handoffs,
    sso: ssoService({
      database,
      handoffs,
      accounts: ssoAccounts({ database, onEnded, now }),
      settings: () => settings.get('oidc'),
      security: () => settings.get('security'),
      url: () => urls()[0] ?? '',
      log,
      now,
    }),
  }
}
