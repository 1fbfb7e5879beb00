import type { Fleet } from '../orchestration/fleet.test.kit.ts'
import { withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { another, password, type Changes } from './change-scenes.test.kit.ts'

/** Somebody who has signed in twice. */
async function twice(world: Fleet) {
  const { username, password, token } = await world.person('viewer')
  await world.as().login({ username, password })
  return world.as(token)
}
const apiToken = (world: Fleet) =>
  world.admin.createApiToken({ name: another(), permissions: ['host:read'] })

/** For tests only: what somebody does about his own sign-ins, sessions, second factor and tokens. */
export const ownChanges: Changes = {
  login: ['sign_in', async (world) => [await world.signIn(), world.password]],
  logout: ['sign_out', async (world) => void (await world.as(await world.signIn()).logout())],
  changeOwnPassword: [
    'password_change',
    async (world) => {
      const person = await world.person('viewer')
      const passwords = { current_password: person.password, new_password: password }
      await world.as(person.token).changeOwnPassword(passwords)
      return [password, person.password]
    },
  ],
  setUpMfa: [
    'mfa_begin',
    async (world) => [(await world.as((await world.person('viewer')).token).setUpMfa()).secret],
  ],
  verifyMfa: [
    'mfa_enable',
    async (world) => {
      const { secret, recovery_codes } = await withPhone(world)
      return [secret, ...recovery_codes]
    },
  ],
  turnOffMfa: [
    'mfa_disable',
    async (world) => {
      const { api, nextCode, secret } = await withPhone(world)
      await api.turnOffMfa({ code: await nextCode() })
      return [secret]
    },
  ],
  makeRecoveryCodes: [
    'recovery_codes_make',
    async (world) => {
      const { api, nextCode } = await withPhone(world)
      return (await api.makeRecoveryCodes({ code: await nextCode() })).recovery_codes
    },
  ],
  stepUp: [
    'step_up',
    async (world) => {
      const { token, password } = await world.person('viewer')
      await world.as(token).stepUp({ password })
      return [password]
    },
  ],
  endOwnSession: [
    'session_end',
    async (world) => {
      const person = await twice(world)
      const { sessions } = await person.listOwnSessions()
      await person.endOwnSession({ session_id: sessions.find(({ is_current }) => !is_current)!.id })
    },
  ],
  endOtherSessions: [
    'sessions_end_others',
    async (world) => (await twice(world)).endOtherSessions(),
  ],
  createApiToken: ['api_token_create', async (world) => [(await apiToken(world)).token]],
  revokeApiToken: [
    'api_token_revoke',
    async (world) => world.admin.revokeApiToken({ id: (await apiToken(world)).id }),
  ],
}
