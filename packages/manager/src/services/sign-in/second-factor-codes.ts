import type { Database, Stores } from '../../db/open.ts'
import type { Keys } from '../../pki/keys.ts'
import { holdKeys, sealedFactorName } from '../certificates/held-keys.ts'
import { recoveryHash } from './recovery-code.ts'
import { stepOf } from './totp.ts'

type Deps = { database: Database; keys: Keys; now: () => Date }

export type SecondFactorCodes = ReturnType<typeof secondFactorCodes>

/** Takes the codes of people whose second factor counts. That one was taken holds, whatever comes after. */
export function secondFactorCodes({ database, keys, now }: Deps) {
  /** The secret of a second factor, and the time step of a code of it. Inside a transaction. */
  async function judge(stores: Stores, user_id: string, code: string) {
    await holdKeys(stores, keys)
    const factor = await stores.secondFactors.find(user_id)
    if (!factor) return undefined
    const secret = keys.open(sealedFactorName(user_id), factor.sealed)
    return { factor, step: await stepOf(secret, code, now()) }
  }

  return {
    judge,

    /** False where it is not the code of now, or it or a later one was taken before. */
    takeCode: (user_id: string, code: string): Promise<boolean> =>
      database.transaction(async (stores) => {
        const judged = await judge(stores, user_id, code)
        return judged?.step !== undefined && stores.secondFactors.accept(user_id, judged.step)
      }),

    takeRecoveryCode: (user_id: string, code: string): Promise<boolean> =>
      database.stores.recoveryCodes.use(user_id, recoveryHash(code), now().toISOString()),
  }
}
