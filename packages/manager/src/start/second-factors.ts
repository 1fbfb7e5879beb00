import type { Attempts } from '../services/sign-in/attempts.ts'
import type { OnEnded } from '../services/caller.ts'
import { proofs } from '../services/sign-in/proofs.ts'
import { secondFactorService } from '../services/sign-in/second-factor.ts'
import { secondFactorCodes } from '../services/sign-in/second-factor-codes.ts'
import { secondFactorReset } from '../services/sign-in/second-factor-reset.ts'
import type { SessionOpening } from '../services/sign-in/session-opening.ts'
import { signInChallenges } from '../services/sign-in/sign-in-challenges.ts'
import { stepUpService } from '../services/sign-in/step-up.ts'
import type { Opened } from './open.ts'

type Deps = {
  opened: Pick<Opened, 'database' | 'keys' | 'settings'>
  attempts: Attempts
  opening: SessionOpening
  onEnded: OnEnded
  now: () => Date
}

/** What proves, beside a password or once more, who somebody is. */
export function secondFactorServices({ opened, attempts, opening, onEnded, now }: Deps) {
  const { database, keys, settings } = opened
  const codes = secondFactorCodes({ database, keys, now })
  const proving = proofs({ database, attempts, codes })
  const security = () => settings.get('security')
  const stepUp = stepUpService({ database, proofs: proving, security, now })
  return {
    stepUp,
    challenges: signInChallenges({ database, attempts, codes, opening, now }),
    secondFactor: secondFactorService({
      database,
      keys,
      codes,
      proofs: proving,
      stepUp,
      now,
      onEnded,
    }),
    secondFactorReset: secondFactorReset({ database, now, onEnded }),
  }
}
