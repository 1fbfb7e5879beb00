import type { Handlers } from '@linux-patch/shared/contract'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { secondFactorApi } from '@linux-patch/shared/manager-api/second-factor'
import type { Caller } from '../services/caller.ts'
import { setRefreshCookie } from './refresh-cookie.ts'
import type { Services } from './services.ts'

export const secondFactorRoutes = ({
  challenges,
  secondFactor,
  secondFactorReset,
  stepUp,
  now,
}: Services): Pick<Handlers<ManagerApi, Caller>, keyof typeof secondFactorApi> => ({
  setUpMfa: (_input, call) => secondFactor.setUp(call),
  async verifyMfa({ mfa_token, ...proof }, call) {
    if (mfa_token === undefined) return secondFactor.confirm(String(proof.code), call)
    const opened = await challenges.answer({ ...proof, mfa_token }, call)
    return setRefreshCookie(call, opened, now())
  },
  turnOffMfa: secondFactor.turnOff,
  makeRecoveryCodes: secondFactor.makeRecoveryCodes,
  stepUp: stepUp.confirm,
  resetMfa: secondFactorReset.ofUser,
})
