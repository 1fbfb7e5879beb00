import type { Fleet } from '../orchestration/fleet.test.kit.ts'
import { withPhone } from '../services/sign-in/second-factor.test.kit.ts'
import { another, group, password, type Changes } from './change-scenes.test.kit.ts'

const role = (world: Fleet) =>
  world.admin.createRole({ name: another(), permissions: ['host:read'], scoped: false })
const user = (world: Fleet) =>
  world.admin.createUser({ username: another(), role: 'viewer', password })
const member = async (world: Fleet) => ({
  id: (await group(world)).id,
  user_id: (await user(world)).id,
})

/** For tests only: what is done about users, roles and groups. */
export const peopleChanges: Changes = {
  createUser: ['user_create', async (world) => [password, (await user(world)).id && password]],
  changeUser: [
    'user_change',
    async (world) => {
      await world.admin.changeUser({ id: (await user(world)).id, role: 'operator' })
    },
  ],
  removeUser: [
    'user_remove',
    async (world) => world.admin.removeUser({ id: (await user(world)).id }),
  ],
  resetPassword: [
    'password_reset',
    async (world) => {
      const { password } = await world.admin.resetPassword({ id: (await user(world)).id })
      return [password ?? undefined]
    },
  ],
  revokeSessions: [
    'sessions_revoke',
    async (world) => world.admin.revokeSessions({ id: (await user(world)).id }),
  ],
  resetMfa: [
    'mfa_reset',
    async (world) => world.admin.resetMfa({ id: (await withPhone(world)).id }),
  ],
  unlockUser: [
    'user_unlock',
    async (world) => world.admin.unlockUser({ id: (await user(world)).id }),
  ],
  createRole: ['role_create', async (world) => void (await role(world))],
  changeRole: [
    'role_change',
    async (world) =>
      void (await world.admin.changeRole({ name: (await role(world)).name, description: 'x' })),
  ],
  removeRole: [
    'role_remove',
    async (world) => world.admin.removeRole({ name: (await role(world)).name }),
  ],
  createGroup: ['group_create', async (world) => void (await group(world))],
  changeGroup: [
    'group_change',
    async (world) => {
      await world.admin.changeGroup({ id: (await group(world)).id, description: 'Other.' })
    },
  ],
  removeGroup: [
    'group_remove',
    async (world) => world.admin.removeGroup({ id: (await group(world)).id }),
  ],
  addUserToGroup: [
    'group_user_add',
    async (world) => world.admin.addUserToGroup(await member(world)),
  ],
  removeUserFromGroup: [
    'group_user_remove',
    async (world) => {
      const of = await member(world)
      await world.admin.addUserToGroup(of)
      await world.admin.removeUserFromGroup(of)
    },
  ],
}
