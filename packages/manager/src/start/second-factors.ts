import type { Attempts } from '../services/attempts.ts'
import type { Person } from '../services/caller.ts'
import { proofs } from '../services/proofs.ts'
import { secondFactorService } from '../services/second-factor.ts'
import { secondFactorCodes } from '../services/second-factor-codes.ts'
import { secondFactorReset } from '../services/second-factor-reset.ts'
import type { SessionOpening } from '../services/session-opening.ts'
import { signInChallenges } from '../services/sign-in-challenges.ts'
import { stepUpService } from '../services/step-up.ts'
import type { Opened } from './open.ts'

type Deps = {
  opened: Pick<Opened, 'database' | 'keys' | 'settings'>
  attempts: Attempts
  opening: SessionOpening
  onEnded: (ended: (person: Person) => boolean) => void
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
