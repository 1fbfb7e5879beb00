import type { Proof } from '@linux-patch/shared/second-factor'
import type { Database } from '../../db/open.ts'
import type { UserRecord } from '../../db/people/users.ts'
import type { Attempts } from './attempts.ts'
import { personOf, type ManagerCall } from '../caller.ts'
import { isPassword } from './passwords.ts'
import type { SecondFactorCodes } from './second-factor-codes.ts'
import { wrongCode, wrongPassword } from './sign-in-failures.ts'

type Deps = { database: Database; attempts: Attempts; codes: SecondFactorCodes }

export type Proofs = ReturnType<typeof proofs>

/** Whether somebody who is signed in still is who he was then. */
export function proofs({ database, attempts, codes }: Deps) {
  const isProof = (
    { id, password_hash }: UserRecord,
    { password, code }: Proof,
    call: ManagerCall,
  ) => {
    if (code !== undefined) return codes.takeCode(id, code)
    return password_hash !== '' && isPassword(String(password), password_hash, call.signal)
  }

  return {
    /** Throws where it proves nothing; `action` is what it was given for. */
    async demand(proof: Proof, action: string, call: ManagerCall): Promise<void> {
      const user = await database.stores.users.get(personOf(call).user.id)
      await attempts.judge({
        call,
        username: user.username,
        user_id: user.id,
        action,
        isRight: async () => isProof(user, proof, call),
        wrong: proof.code === undefined ? wrongPassword : () => wrongCode(),
      })
    },
  }
}
