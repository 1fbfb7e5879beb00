import type { Failure } from '@linux-patch/shared/failure'
import type { User } from '@linux-patch/shared/user'
import { store } from './store.ts'

export type Session =
  | { state: 'opening' }
  /** `because`: why somebody who wanted in, or was in, is not. */
  | { state: 'signed_out'; because: Failure | null }
  /** The password was right, or SSO let him in, and his second factor is still to come. */
  | { state: 'code_wanted'; mfa_token: string }
  | { state: 'signed_in'; user: User }
  /** The manager could not be asked. */
  | { state: 'unknown'; error: unknown }

const session = store<Session>({ state: 'opening' })

export const setSession = session.set
export const getSession = session.get
export const useSession = session.use
