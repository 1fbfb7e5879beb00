import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Database } from '../../db/open.ts'
import type { Attempts } from './attempts.ts'
import { entryFor } from '../audit/audit.ts'
import { signedInOf, type ManagerCall, type OnEnded } from '../caller.ts'
import type { PasswordRules } from './password-rules.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { signInAgain, wrongPassword } from './sign-in-failures.ts'

type Deps = {
  database: Database
  attempts: Attempts
  rules: PasswordRules
  now: () => Date
  onEnded: OnEnded
  onPasswordChanged: () => Promise<void>
}
type Change = Input<ManagerApi['changeOwnPassword']>

export type OwnPassword = ReturnType<typeof ownPassword>

export function ownPassword({ database, attempts, rules, now, onEnded, onPasswordChanged }: Deps) {
  return {
    async change({ current_password, new_password }: Change, call: ManagerCall) {
      const { user, session_id } = signedInOf(call)
      const record = await database.stores.users.get(user.id)
      const { password_hash, epoch } = record
      if (password_hash === '')
        throw new Failure('conflict', 'You have no password here: another system lets you in.')
      await attempts.judge({
        call,
        username: user.username,
        user_id: user.id,
        action: 'password_change',
        isRight: () => isPassword(current_password, password_hash, call.signal),
        wrong: wrongPassword,
      })
      await rules.check(new_password, record)

      const hash = await hashPassword(new_password)
      const what = { action: 'password_change', target_type: 'user', target_id: user.id }
      await database.transaction(async (stores) => {
        // Of two sessions that change it at once, the second one was ended by the first.
        if ((await stores.users.get(user.id)).epoch !== epoch) throw signInAgain()
        await stores.users.setPassword(user.id, hash)
        await stores.sessions.revokeAll(user.id, session_id, now().toISOString())
        await stores.audit.append(entryFor(call, now(), what))
      })
      onEnded((person) => person.user.id === user.id && person.session_id !== session_id)
      await onPasswordChanged()
    },
  }
}
