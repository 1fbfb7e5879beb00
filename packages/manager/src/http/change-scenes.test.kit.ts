import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Fleet } from '../orchestration/fleet.test.kit.ts'

/** Does it once, and answers what must not stand on record of it. */
type Act = (world: Fleet) => Promise<(string | undefined)[] | void>
/** For tests only: what changes something, what stands on record of it, and how it is done. */
export type Changes = Partial<Record<keyof ManagerApi, [action: string, act: Act]>>

export const password = 'a horse, a battery and 7 staples'
let counted = 0
export const nextNumber = () => ++counted
export const another = () => `name-${nextNumber()}`

export const group = (world: Fleet) => world.admin.createGroup({ name: another(), description: '' })
/** Nothing listens there, which is found out at once. */
export const host = (world: Fleet) => {
  const number = nextNumber()
  return world.admin.addHost({ fqdn: `host-${number}.example`, ip_address: `127.0.1.${number}` })
}
