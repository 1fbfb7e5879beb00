import { Failure } from '@linux-patch/shared/failure'
import type { Permission } from '@linux-patch/shared/permissions'
import type { Proof } from '@linux-patch/shared/second-factor'
import type { Security } from '@linux-patch/shared/settings'
import type { Database } from '../../db/open.ts'
import type { UserRecord } from '../../db/people/users.ts'
import { entryFor } from '../audit/audit.ts'
import { signedInOf, type ManagerCall, type Person } from '../caller.ts'
import type { Proofs } from './proofs.ts'

type Deps = {
  database: Database
  proofs: Proofs
  /** How long it holds that somebody proved who he is. */
  security: () => Promise<Pick<Security, 'step_up_minutes'>>
  now: () => Date
}

export type StepUp = ReturnType<typeof stepUpService>

/** What is dangerous takes a session in which somebody proved a short while ago who he is. */
export function stepUpService({ database, proofs, security, now }: Deps) {
  async function isFresh({ confirmed_at }: Person) {
    // A token proves nothing more; to make one was dangerous itself.
    if (confirmed_at === null) return true
    const { step_up_minutes } = await security()
    return Date.parse(confirmed_at) + step_up_minutes * 60_000 > now().getTime()
  }

  return {
    /** Throws where that was too long ago for what this permission lets him do. */
    async demand(person: Person, permission: Permission): Promise<void> {
      if (await isFresh(person)) return
      const methods = methodsOf(await database.stores.users.get(person.user.id))
      throw new Failure('step_up_required', wordsFor(methods), { details: { methods, permission } })
    },

    async confirm(proof: Proof, call: ManagerCall): Promise<void> {
      const { user, session_id } = signedInOf(call)
      await proofs.demand(proof, 'step_up', call)
      await database.transaction(async ({ sessions, audit }) => {
        await sessions.confirm(session_id, now().toISOString())
        const what = { action: 'step_up', target_type: 'user', target_id: user.id }
        await audit.append(entryFor(call, now(), what))
      })
    },
  }
}

type Method = 'password' | 'code' | 'sso'

/** By what somebody can prove here who he is; who has neither signs in again at his provider. */
function methodsOf({ password_hash, mfa_enabled }: UserRecord): Method[] {
  const own: Method[] = [
    ...(password_hash === '' ? [] : (['password'] as const)),
    ...(mfa_enabled ? (['code'] as const) : []),
  ]
  return own.length > 0 ? own : ['sso']
}

const wordsFor = (methods: Method[]) =>
  methods.includes('sso')
    ? 'You signed in too long ago to do this: sign in again.'
    : `You signed in too long ago to do this: give your ${methods.join(' or a ')} once more.`
