import type { Call } from '@linux-patch/shared/contract'
import type { Scope } from '../db/scope.ts'
import type { Rights } from './people/rights.ts'

/**
 * Who calls: a person by a session of his own, in which he last proved at `confirmed_at` who he is; or by a token that
 * he gave to a program, which proves nothing more; or nobody yet.
 */
export type Person = Rights &
  (
    | { session_id: string; token_id: null; confirmed_at: string }
    | { session_id: null; token_id: string; confirmed_at: null }
  )
export type Caller = Person | null
/** Is told whose session has ended, or whose rights, so that their open sockets are closed. */
export type OnEnded = (hasEnded: (person: Person) => boolean) => void
export type ManagerCall = Call<Caller>

/** The person behind a call whose endpoint is for people. */
export function personOf({ caller }: Pick<ManagerCall, 'caller'>): Person {
  if (!caller) throw new Error('An endpoint for people was reached by nobody: its access is wrong.')
  return caller
}

/** The person behind a call that only a session may make: a token never has what that takes. */
export function signedInOf(call: ManagerCall): Person & { session_id: string } {
  const person = personOf(call)
  if (person.session_id !== null) return person
  throw new Error('An endpoint for sessions was reached by a token: its access is wrong.')
}

/** Which hosts the caller sees. */
export const scopeOf = (call: Pick<ManagerCall, 'caller'>): Scope => personOf(call).scope
