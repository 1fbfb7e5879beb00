import { Failure } from '@linux-patch/shared/failure'
import type { Stores } from '../../db/open.ts'
import type { UserRecord } from '../../db/people/users.ts'
import { personOf, type ManagerCall } from '../caller.ts'
import { refuseBeyond } from './covers.ts'
import { makePassword } from '../sign-in/made-password.ts'
import { signInAgain } from '../sign-in/sign-in-failures.ts'
import { rightsOf } from './rights.ts'

/**
 * Nobody changes a user who has more rights than himself. Called before a change, for the rights that the user has, and
 * after it, for those that he would have then.
 */
export async function refuseMorePowerful(stores: Stores, user: UserRecord, call: ManagerCall) {
  refuseBeyond(personOf(call), await rightsOf(stores, user), `${user.username} has, or would have,`)
}

/** Somebody may have been shut out since he was let in: he leaves nothing behind by which he could come again. */
export async function refuseShutOut({ users }: Stores, call: ManagerCall) {
  const { user, epoch } = personOf(call)
  if ((await users.hold(user.id)).epoch !== epoch) throw signInAgain()
}

/** `administrators`: ids of those who can sign in with a password, locked. Without any, nobody could let people in again. */
export function refuseLast(
  administrators: string[],
  { id, username }: { id: string; username: string },
) {
  if (administrators.length !== 1 || administrators[0] !== id) return
  throw new Failure(
    'conflict',
    `${username} is the last administrator who can sign in with a password: make another one first.`,
    { details: { reason: 'last_administrator' } },
  )
}

/** Nobody does this to himself, by mistake or in a session that somebody else found open. */
export function refuseSelf(call: ManagerCall, id: string, instead = 'ask another administrator') {
  if (personOf(call).user.id !== id) return
  throw new Failure('conflict', `This is your own account: ${instead}.`, {
    details: { reason: 'own_account' },
  })
}

type Given = {
  /** Null where somebody proves elsewhere who he is. */
  password: string | null
  /** The same, where it was made here and has to be told. */
  made: string | null
}

/** The password that somebody chose for a user, or one that is made for him. */
export function givenOrMade(provider: UserRecord['provider'], password: string | undefined): Given {
  if (provider === 'local') {
    if (password !== undefined) return { password, made: null }
    const made = makePassword()
    return { password: made, made }
  }
  if (password === undefined) return { password: null, made: null }
  throw new Failure(
    'invalid_request',
    'A user who signs in at another system has no password here.',
  )
}
