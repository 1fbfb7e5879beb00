import type { Contract } from '@linux-patch/shared/contract'
import { managerApi, type ManagerApi } from '@linux-patch/shared/manager-api'
import { isEverywhere, type RoleRights } from '@linux-patch/shared/permissions'
import type { User } from '@linux-patch/shared/user'
import { useSession } from './session.ts'

const noRights: RoleRights = { permissions: [], scoped: true }
export type CallName = keyof ManagerApi

/** Whether somebody with these rights may make a call; the contract alone says what that takes. */
export function mayCall(rights: RoleRights, name: CallName, input: object = {}): boolean {
  const { access, besides }: Contract[string] = managerApi[name]
  const needed = [access, besides?.(input as never) ?? 'anyone']
  return needed.every((one) => one === 'anyone' || has(rights, one))
}

const has = ({ permissions, scoped }: RoleRights, wanted: string) =>
  permissions.some((held) => held === wanted && !(scoped && isEverywhere(held)))

/** Who is signed in, or null. */
export function useUser(): User | null {
  const session = useSession()
  return session.state === 'signed_in' ? session.user : null
}

/** For what is offered: whether the person who is signed in may make a call, with such an input where that matters. */
export function useMay() {
  const rights = useUser() ?? noRights
  return (name: CallName, input?: object) => mayCall(rights, name, input)
}
