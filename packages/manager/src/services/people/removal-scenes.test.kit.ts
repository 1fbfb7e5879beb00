import { randomUUID } from 'node:crypto'
import type { managerOn } from '../../start/manager-on.test.kit.ts'
import { asking, confirming } from '../enrollment/enrollment.test.kit.ts'
import { challengeOf, codeAt, withPhone } from '../sign-in/second-factor.test.kit.ts'

type World = Awaited<ReturnType<typeof managerOn>>
type Admin = ReturnType<World['as']>
/** For tests only: makes what is removed, and what somebody does to it in that moment; `goesOn`: he can do it all the same. */
export type Scene = (
  world: World,
  admin: Admin,
) => Promise<{ id: string; act: () => Promise<unknown>; goesOn?: boolean }>

export const withUser: Record<string, Scene> = {
  async 'somebody puts him into a group'(world, admin) {
    const { id } = await world.person('viewer')
    const group = await admin.createGroup({ name: `of ${id}`, description: '' })
    return { id, act: () => admin.addUserToGroup({ id: group.id, user_id: id }) }
  },
  async 'somebody removes a group of his'(world, admin) {
    const group = await admin.createGroup({ name: 'to be removed', description: '' })
    const { id } = await world.person('viewer', { group_ids: [group.id] })
    return { id, act: () => admin.removeGroup({ id: group.id }), goesOn: true }
  },
  async 'somebody ends his sessions and tokens'(world, admin) {
    const { id, token } = await world.person('operator')
    await world.as(token).createApiToken({ name: 'a', permissions: ['monitoring:read'] })
    return { id, act: () => admin.revokeSessions({ id, tokens: true }) }
  },
  async 'somebody gives him another password'(world, admin) {
    const { id } = await world.person('viewer')
    return { id, act: () => admin.resetPassword({ id }) }
  },
  async 'somebody takes his second factor away'(world, admin) {
    const { id } = await withPhone(world, 'viewer')
    return { id, act: () => admin.resetMfa({ id }) }
  },
  async 'he makes an API token'(world) {
    const { id, token } = await world.person('operator')
    const permissions = ['monitoring:read' as const]
    return { id, act: () => world.as(token).createApiToken({ name: 'a', permissions }) }
  },
  async 'he begins a second factor'(world) {
    const { id, token } = await world.person('viewer')
    return { id, act: () => world.as(token).setUpMfa() }
  },
  async 'he confirms a second factor'(world) {
    const { id, token } = await world.person('viewer')
    const { secret } = await world.as(token).setUpMfa()
    const code = await codeAt(secret, world.now())
    return { id, act: () => world.as(token).verifyMfa({ code }) }
  },
  async 'he makes recovery codes'(world) {
    const { id, api, password } = await withPhone(world, 'viewer')
    return { id, act: () => api.makeRecoveryCodes({ password }) }
  },
  async 'he turns his second factor off'(world) {
    const { id, api, password } = await withPhone(world, 'viewer')
    return { id, act: () => api.turnOffMfa({ password }) }
  },
  async 'he signs in'(world) {
    const { id, username, password } = await world.person('viewer')
    return { id, act: () => world.as().login({ username, password }) }
  },
  async 'he is asked for a code'(world) {
    const { id, username, password } = await withPhone(world, 'viewer')
    return { id, act: () => challengeOf(world, { username, password }) }
  },
  async 'he goes on with a session'(world) {
    const { id, username, password } = await world.person('viewer')
    const { refresh_token } = await world.as().login({ username, password })
    return { id, act: () => world.as().refresh({ refresh_token }) }
  },
}

export const withGroup: Record<string, Scene> = {
  async 'somebody enters a host that is in it'(_world, admin) {
    const { id } = await admin.createGroup({ name: 'of a new host', description: '' })
    const host = { display_name: '', fqdn: 'new.example', ip_address: '192.0.2.200' }
    return { id, act: () => admin.addHost({ ...host, group_ids: [id] }) }
  },
  async 'somebody makes a join code for it'(_world, admin) {
    const { id } = await admin.createGroup({ name: 'of a code', description: '' })
    return { id, act: () => admin.createJoinCode({ name: 'autumn', group_ids: [id] }) }
  },
  async 'a host comes that is to be in it'(world, admin) {
    const { id } = await admin.createGroup({ name: 'of a coming host', description: '' })
    const { code } = await admin.createJoinCode({ name: 'winter', group_ids: [id] })
    await world.as().enroll({ ...(await asking(1)), join_code: code })
    const [row] = (await admin.listEnrollments()).enrollments
    return { id, act: () => admin.approveEnrollment(confirming(row!)), goesOn: true }
  },
}

export const withRole: Record<string, Scene> = {
  async 'somebody makes a user who has it'(_world, admin) {
    const id = await madeRole(admin)
    return { id, act: () => admin.createUser({ username: id, role: id, provider: 'oidc' }) }
  },
  async 'somebody gives it to a user'(world, admin) {
    const [id, user] = [await madeRole(admin), await world.person('viewer')]
    return { id, act: () => admin.changeUser({ id: user.id, role: id }) }
  },
}

async function madeRole(admin: Admin): Promise<string> {
  const name = `role-${randomUUID()}`
  await admin.createRole({ name, description: '', permissions: ['host:read'], scoped: true })
  return name
}
