import type { Log } from '../log.ts'
import { knownProvider } from '../oidc/known-provider.ts'
import type { OnEnded } from '../services/caller.ts'
import type { SessionOpening } from '../services/sign-in/session-opening.ts'
import { ssoAccounts } from '../services/sso/accounts.ts'
import { backchannelLogout } from '../services/sso/backchannel-logout.ts'
import { ssoHandoffs } from '../services/sso/handoffs.ts'
import { ssoSignOut } from '../services/sso/sign-out.ts'
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
  const { database } = opened
  const settings = () => opened.settings.get('oidc')
  const known = knownProvider(now)
  const url = () => urls()[0] ?? ''
  const handoffs = ssoHandoffs({ database, opening, now })
  return {
    ssoHandoffs: handoffs,
    sso: ssoService({
      database,
      handoffs,
      accounts: ssoAccounts({ database, onEnded, now }),
      settings,
      security: () => opened.settings.get('security'),
      url,
      log,
      now,
    }),
    ssoSignOut: ssoSignOut({ settings, known, url, log }),
    backchannelLogout: backchannelLogout({
      database,
      settings,
      known,
      url,
      onEnded,
      log,
      now,
    }),
  }
}
