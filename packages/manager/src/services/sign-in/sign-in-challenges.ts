import { randomBytes } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import type { SecondProof } from '@linux-patch/shared/second-factor'
import type { Database } from '../../db/open.ts'
import type { SsoOrigin } from '../../db/sign-in/sessions.ts'
import type { UserRecord } from '../../db/people/users.ts'
import type { Attempts } from './attempts.ts'
import type { ManagerCall } from '../caller.ts'
import type { SecondFactorCodes } from './second-factor-codes.ts'
import { hashOf } from '../secret-hash.ts'
import type { Opened, SessionOpening } from './session-opening.ts'
import { signInAgain, wrongCode } from './sign-in-failures.ts'

type Deps = {
  database: Database
  attempts: Attempts
  codes: SecondFactorCodes
  opening: SessionOpening
  now: () => Date
}
type Answer = SecondProof & { mfa_token: string }

const SECONDS = 5 * 60
const TRIES = 5
const methods = ['code', 'recovery_code']

/** The failure that asks somebody, whose password was right or whom a provider let in, for a code as well. */
export async function newChallenge(
  database: Database,
  { user, origin }: { user: UserRecord; origin: SsoOrigin },
  now: Date,
): Promise<Failure> {
  const mfa_token = randomBytes(32).toString('base64url')
  const expires_at = new Date(now.getTime() + SECONDS * 1000).toISOString()
  const hash = hashOf(mfa_token)
  const whose = { user_id: user.id, epoch: user.epoch, ...origin }
  await database.transaction(async ({ users, signInChallenges }) => {
    await users.hold(user.id)
    await signInChallenges.add({ ...whose, hash, tries_left: TRIES, expires_at })
  })
  const details = { mfa_token, expires_in: SECONDS, methods }
  return new Failure('mfa_required', 'Give a code of your second factor as well.', { details })
}

export type SignInChallenges = ReturnType<typeof signInChallenges>

/** Opens the session of whoever was asked for a code as well, once it came. */
export function signInChallenges({ database, attempts, codes, opening, now }: Deps) {
  const { users, signInChallenges } = database.stores

  const isTaken = ({ id }: UserRecord, { code, recovery_code }: Answer) =>
    code === undefined
      ? codes.takeRecoveryCode(id, String(recovery_code))
      : codes.takeCode(id, code)

  /** Who is asked, as he was when his password was right. */
  async function askedBy(hash: string) {
    const challenge = await signInChallenges.take(hash, now().toISOString())
    if (!challenge) throw signInAgain()
    const user = await users.get(challenge.user_id)
    if (user.epoch !== challenge.epoch || !user.mfa_enabled) throw signInAgain()
    const { tries_left, sso_subject, sso_sid } = challenge
    return { user, tries_left, origin: { sso_subject, sso_sid } }
  }

  return {
    async answer(answer: Answer, call: ManagerCall): Promise<Opened> {
      const hash = hashOf(answer.mfa_token)
      const { user, tries_left, origin } = await askedBy(hash)
      await attempts.judge({
        call,
        username: user.username,
        user_id: user.id,
        action: 'sign_in',
        isRight: () => isTaken(user, answer),
        wrong: () => wrongCode({ tries_left }),
      })
      if (!(await signInChallenges.remove(hash))) throw signInAgain()
      const way = answer.code === undefined ? 'recovery_code' : 'code'
      return opening.open(user, call, { way, origin })
    },
  }
}
