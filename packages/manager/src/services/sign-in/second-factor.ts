import { Failure } from '@linux-patch/shared/failure'
import type { MfaSetup, Proof, RecoveryCodes } from '@linux-patch/shared/second-factor'
import type { Database, Stores } from '../../db/open.ts'
import type { UserRecord } from '../../db/people/users.ts'
import type { Keys } from '../../pki/keys.ts'
import { recording } from '../audit/audit.ts'
import { personOf, signedInOf, type ManagerCall, type OnEnded } from '../caller.ts'
import { holdKeys, sealedFactorName } from '../certificates/held-keys.ts'
import type { Proofs } from './proofs.ts'
import { qrSvg } from './qr.ts'
import { newRecoveryCodes, recoveryHash } from './recovery-code.ts'
import type { SecondFactorCodes } from './second-factor-codes.ts'
import { wantsSecondFactor } from './second-factor-policy.ts'
import type { StepUp } from './step-up.ts'
import { newTotpSecret, totpAddress } from './totp.ts'

type Deps = {
  database: Database
  keys: Keys
  codes: SecondFactorCodes
  proofs: Proofs
  stepUp: Pick<StepUp, 'demand'>
  now: () => Date
  onEnded: OnEnded
}

const SETUP_SECONDS = 10 * 60

export type SecondFactor = ReturnType<typeof secondFactorService>

/** What people do about the second factor of their own. */
export function secondFactorService(deps: Deps) {
  const { database, keys, codes, proofs, stepUp, now, onEnded } = deps
  const record = recording('user', now)

  /** A secret for a phone. It counts once the first code came. */
  async function setUp(call: ManagerCall): Promise<MfaSetup> {
    const person = personOf(call)
    // Who only got hold of somebody's session could otherwise lock him out of his account.
    await stepUp.demand(person, 'self:mfa')
    const { id, username } = person.user
    const secret = newTotpSecret()
    const expires_at = new Date(now().getTime() + SETUP_SECONDS * 1000).toISOString()
    await database.transaction(async (stores) => {
      await stores.users.hold(id)
      await holdKeys(stores, keys)
      const sealed = keys.seal(sealedFactorName(id), secret)
      if (!(await stores.secondFactors.begin(id, sealed, expires_at))) throw isOn()
      await record(stores, call, { id, action: 'mfa_begin' })
    })
    const otpauth_url = totpAddress(username, secret)
    const qr_svg = await qrSvg(otpauth_url)
    return { secret, otpauth_url, qr_svg, expires_in: SETUP_SECONDS }
  }

  /** By its first code the second factor counts. */
  async function confirm(code: string, call: ManagerCall): Promise<RecoveryCodes> {
    const { id } = personOf(call).user
    const recovery_codes = newRecoveryCodes()
    await database.transaction(async (stores) => {
      await stores.users.hold(id)
      const { factor, step } = (await codes.judge(stores, id, code)) ?? {}
      if (factor?.expires_at === null) throw isOn()
      if (!factor || factor.expires_at <= now().toISOString()) throw beginAgain()
      if (step === undefined) throw new Failure('invalid_credentials', 'The code is wrong.')
      if (!(await stores.secondFactors.confirm(factor, step, now().toISOString())))
        throw beginAgain()
      await stores.recoveryCodes.replace(id, recovery_codes.map(recoveryHash))
      await endOthers(stores, call)
      await record(stores, call, { id, action: 'mfa_enable' })
    })
    tellOthers(call)
    return { recovery_codes }
  }

  async function turnOff(proof: Proof, call: ManagerCall): Promise<void> {
    const { id } = personOf(call).user
    await proofs.demand(proof, 'mfa_disable', call)
    await database.transaction(async (stores) => {
      const user = await holdWithOne(stores, id)
      const { values: rules } = await stores.settings.get('security')
      if (wantsSecondFactor(user, rules)) throw isEnforced()
      await stores.secondFactors.remove(id)
      await endOthers(stores, call)
      await record(stores, call, { id, action: 'mfa_disable' })
    })
    tellOthers(call)
  }

  async function makeRecoveryCodes(proof: Proof, call: ManagerCall): Promise<RecoveryCodes> {
    const { id } = personOf(call).user
    await proofs.demand(proof, 'recovery_codes_make', call)
    const recovery_codes = newRecoveryCodes()
    await database.transaction(async (stores) => {
      await holdWithOne(stores, id)
      await stores.recoveryCodes.replace(id, recovery_codes.map(recoveryHash))
      await record(stores, call, { id, action: 'recovery_codes_make' })
    })
    return { recovery_codes }
  }

  /** What was begun without the second factor, or with the one before, does not go on. */
  async function endOthers({ sessions, signInChallenges }: Stores, call: ManagerCall) {
    const { user, session_id } = signedInOf(call)
    await sessions.revokeAll(user.id, session_id, now().toISOString())
    await signInChallenges.removeOf(user.id)
  }

  function tellOthers(call: ManagerCall) {
    const { user, session_id } = signedInOf(call)
    onEnded((person) => person.user.id === user.id && person.session_id !== session_id)
  }

  return { setUp, confirm, turnOff, makeRecoveryCodes }
}

/** Throws where his second factor does not count. */
async function holdWithOne({ users }: Stores, id: string): Promise<UserRecord> {
  const user = await users.hold(id)
  if (user.mfa_enabled) return user
  throw new Failure('conflict', 'The second factor is not on.')
}

const isOn = () => new Failure('conflict', 'A second factor is already on: turn it off first.')
const isEnforced = () =>
  new Failure('mfa_enforced', 'Your role requires a second factor: it cannot be turned off.')
const beginAgain = () =>
  new Failure(
    'conflict',
    'No setup of a second factor is under way, or it has expired: begin again.',
  )
