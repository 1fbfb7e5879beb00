import type { Handlers } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import { stringifySetCookie } from 'cookie'
import type { Caller, ManagerCall } from '../services/caller.ts'
import type { SsoHandoffs } from '../services/sso/handoffs.ts'
import type { BackchannelLogout } from '../services/sso/backchannel-logout.ts'
import { ATTEMPT_SECONDS, type SsoService } from '../services/sso/sso.ts'
import { setRefreshCookie } from './refresh-cookie.ts'

/**
 * What makes a sign-in this browser's own, until it has ended. Lax, not strict: the way back from the provider comes
 * from another site.
 */
const SSO_COOKIE = '__Host-sso'

type SsoRoutes = 'getSsoConfig' | 'beginSso' | 'endSso' | 'exchangeHandoff' | 'backchannelLogout'

type Services = {
  sso: SsoService
  ssoHandoffs: Pick<SsoHandoffs, 'exchange'>
  backchannelLogout: BackchannelLogout
  now: () => Date
}

export const ssoRoutes = ({
  sso,
  ssoHandoffs,
  backchannelLogout,
  now,
}: Services): Pick<Handlers<ManagerApi, Caller>, SsoRoutes> => ({
  getSsoConfig: sso.config,
  async beginSso({ return_to }, call) {
    const { place, browser } = await sso.begin(return_to)
    if (browser !== null) keepIn(call, browser)
    return place
  },
  endSso: (brought, call) => sso.end(brought, call.cookies[SSO_COOKIE], call),
  async exchangeHandoff({ handoff_code }, call) {
    const browser = call.cookies[SSO_COOKIE]
    return setRefreshCookie(call, await ssoHandoffs.exchange(handoff_code, browser, call), now())
  },
  backchannelLogout,
})

function keepIn({ headers }: ManagerCall, value: string) {
  headers['Set-Cookie'] = stringifySetCookie({
    name: SSO_COOKIE,
    value,
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
    path: '/',
    maxAge: ATTEMPT_SECONDS,
  })
}
