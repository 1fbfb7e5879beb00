import type { Contract } from '@linux-patch/shared/contract'
import { managerApi, type ManagerApi } from '@linux-patch/shared/manager-api'
import type { Permission } from '@linux-patch/shared/permissions'
import type { User } from '@linux-patch/shared/user'
import { useSession } from './session.ts'

export type CallName = keyof ManagerApi

/** Whether somebody with these permissions may make a call; the contract alone says what that takes. */
export function mayCall(held: readonly Permission[], name: CallName, input: object = {}): boolean {
  const { access, besides }: Contract[string] = managerApi[name]
  const needed = [access, besides?.(input as never) ?? 'anyone']
  return needed.every((one) => one === 'anyone' || held.some((permission) => permission === one))
}

/** Who is signed in, or null. */
export function useUser(): User | null {
  const session = useSession()
  return session.state === 'signed_in' ? session.user : null
}

/** For what is offered: whether the person who is signed in may make a call, with such an input where that matters. */
export function useMay() {
  const held = useUser()?.permissions ?? []
  return (name: CallName, input?: object) => mayCall(held, name, input)
}
