import type { Handlers } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import { personOf, type Caller } from '../services/caller.ts'
import { dropRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.ts'
import type { Services } from './services.ts'

type SignInRoutes =
  | 'login'
  | 'refresh'
  | 'logout'
  | 'listOwnSessions'
  | 'endOwnSession'
  | 'endOtherSessions'
  | 'getMe'
  | 'changeOwnPassword'

export const signInRoutes = ({
  signIn,
  sessions,
  ownSessions,
  ownPassword,
  ssoSignOut,
  now,
}: Services): Pick<Handlers<ManagerApi, Caller>, SignInRoutes> => ({
  async login(input, call) {
    return setRefreshCookie(call, await signIn.login(input, call), now())
  },
  async refresh({ refresh_token }, call) {
    const opened = await sessions.refresh(refresh_token ?? readRefreshCookie(call), call)
    return setRefreshCookie(call, opened, now())
  },
  async logout({ refresh_token }, call) {
    const ended = await sessions.logout(refresh_token ?? readRefreshCookie(call), call)
    dropRefreshCookie(call)
    return ssoSignOut(ended)
  },
  listOwnSessions: ownSessions.list,
  endOwnSession: ownSessions.end,
  endOtherSessions: ownSessions.endOthers,
  getMe: (_input, call) => personOf(call).user,
  changeOwnPassword: ownPassword.change,
})
