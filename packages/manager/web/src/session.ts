import type { User } from '@linux-patch/shared/user'
import { useSyncExternalStore } from 'react'

export type Session =
  | { state: 'opening' }
  | { state: 'signed_out' }
  | { state: 'signed_in'; user: User }
  /** The manager could not be asked. */
  | { state: 'unknown'; error: unknown }

let session: Session = { state: 'opening' }
const listeners = new Set<() => void>()

export function setSession(next: Session) {
  session = next
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useSession = () => useSyncExternalStore(subscribe, () => session)
