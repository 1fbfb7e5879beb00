import type { Call } from '@linux-patch/shared/contract'
import type { Scope } from '../db/scope.ts'
import type { Rights } from './rights.ts'

/** Who calls: a person with a session, or nobody yet. */
export type Person = Rights & { session_id: string }
export type Caller = Person | null
export type ManagerCall = Call<Caller>

/** The person behind a call whose endpoint is for people. */
export function personOf({ caller }: ManagerCall): Person {
  if (!caller) throw new Error('An endpoint for people was reached by nobody: its access is wrong.')
  return caller
}

/** Which hosts the caller sees. */
export const scopeOf = (call: ManagerCall): Scope => personOf(call).scope
