import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import {
  isDangerous,
  isEverywhere,
  isForTokens,
  isOwn,
  permissions,
  rightsOfBuiltIn,
} from '@linux-patch/shared/permissions'
import type { Role } from '@linux-patch/shared/role'
import type { Stores } from '../../db/open.ts'
import type { RoleFacts } from '../../db/people/roles.ts'
import { recording } from '../audit/audit.ts'
import { personOf, type ManagerCall } from '../caller.ts'
import { reachOf, refuseBeyond, refuseEverywhere } from './covers.ts'
import type { UserDeps } from './users.ts'

/** What people may do: the built-in roles, and those that are made here. */
export function roleService({
  database,
  now,
  onEnded,
}: Omit<UserDeps, 'rules' | 'onPasswordChanged'>) {
  const record = recording('role', now)

  async function create({ name, ...input }: Input<ManagerApi['createRole']>, call: ManagerCall) {
    if (rightsOfBuiltIn(name)) throw builtIn(name)
    const facts = { ...input, permissions: tidy(input.permissions) }
    refuseUseless(facts)
    refuseBeyondOwn(facts, name, call)
    return database.transaction(async (stores) => {
      await stores.roles.add(name, facts, now().toISOString())
      await record(stores, call, { action: 'role_create', id: name, details: facts })
      return getRole(stores, name)
    })
  }

  async function change({ name, ...asked }: Input<ManagerApi['changeRole']>, call: ManagerCall) {
    if (rightsOfBuiltIn(name)) throw builtIn(name)
    const { role, over } = await database.transaction(async (stores) => {
      await stores.roles.hold(name)
      const before = factsOf(await getRole(stores, name))
      const after = {
        description: asked.description ?? before.description,
        permissions: asked.permissions ? tidy(asked.permissions) : before.permissions,
        scoped: asked.scoped ?? before.scoped,
      }
      refuseUseless(after)
      for (const facts of [before, after]) refuseBeyondOwn(facts, name, call)
      if (after.permissions.includes('settings:write')) await refuseForEverybody(stores, name)
      await stores.roles.change(name, after)
      const over = isAsMuch(before, after) ? [] : await stores.roles.holdersOf(name)
      await stores.accounts.hold(over)
      await stores.accounts.raiseEpoch(over)
      await record(stores, call, { action: 'role_change', id: name, details: { before, after } })
      return { role: await getRole(stores, name), over }
    })
    onEnded(({ user }) => over.includes(user.id))
    return role
  }

  async function remove({ name }: Input<ManagerApi['removeRole']>, call: ManagerCall) {
    if (rightsOfBuiltIn(name)) throw builtIn(name)
    await database.transaction(async (stores) => {
      await stores.roles.hold(name)
      const facts = factsOf(await getRole(stores, name))
      refuseBeyondOwn(facts, name, call)
      await refuseUsed(stores, name)
      await stores.roles.remove(name)
      await record(stores, call, { action: 'role_remove', id: name, details: facts })
    })
  }

  return {
    async list() {
      const all = permissions.map((name) => ({
        name,
        dangerous: isDangerous(name),
        everywhere: isEverywhere(name),
        own: isOwn(name),
        for_tokens: isForTokens(name),
      }))
      return { roles: await database.stores.roles.list(), permissions: all }
    },
    create,
    change,
    remove,
  }
}

async function getRole({ roles }: Stores, name: string): Promise<Role> {
  const role = (await roles.list()).find((one) => one.name === name)
  if (role) return role
  throw new Failure('not_found', `There is no role called ${name}.`)
}

const factsOf = ({ description, permissions, scoped }: Role): RoleFacts => ({
  description,
  permissions,
  scoped,
})

/** Each once, and none of those that everybody has. */
const tidy = (wanted: RoleFacts['permissions']) =>
  permissions.filter((permission) => wanted.includes(permission) && !isOwn(permission))

const isAsMuch = (before: RoleFacts, after: RoleFacts) =>
  before.scoped === after.scoped && before.permissions.join() === after.permissions.join()

function refuseUseless({ permissions, scoped }: RoleFacts) {
  if (scoped) refuseEverywhere(permissions, 'A role for the hosts of some groups')
}

const refuseBeyondOwn = (facts: RoleFacts, name: string, call: ManagerCall) =>
  refuseBeyond(personOf(call), reachOf(facts), `The role ${name} has, or would have,`)

/** Throws where somebody has it, or would get it by single sign-on, or the settings name it otherwise. */
async function refuseUsed({ roles, settings }: Stores, name: string) {
  const users = (await roles.holdersOf(name)).length
  const { oidc, security } = await settings.hold()
  const { default_role, role_by_group } = oidc.values
  const named = [...Object.values(role_by_group), ...security.values.mfa_required_roles]
  if (default_role !== null) named.push(default_role)
  const inSettings = named.filter((one) => one === name).length
  if (users + inSettings === 0) return
  throw new Failure(
    'blocked_by_dependencies',
    `The role ${name} is in use, by ${users} users and in ${inSettings} places of the settings.`,
    { details: { dependencies: { users, settings: inSettings } } },
  )
}

/** Throws where it is the role that single sign-on gives to everybody: that one must not change the settings. */
async function refuseForEverybody({ settings }: Stores, name: string) {
  const { oidc } = await settings.hold()
  if (oidc.values.default_role !== name) return
  throw new Failure(
    'conflict',
    `Everybody who comes by single sign-on gets the role ${name}, so it must not change the settings.`,
    { details: { reason: 'default_role' } },
  )
}

const builtIn = (name: string) =>
  new Failure('conflict', `The role ${name} is built in: it cannot be made, changed or removed.`, {
    details: { reason: 'built_in' },
  })
