import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { engines } from '../../db/engines.test.kit.ts'
import { hashPassword } from '../sign-in/passwords.ts'
import { managerOn } from '../../start/manager-on.test.kit.ts'

for (const engine of engines) {
  const { name, skip } = engine

  test(
    `${name}: of 20 who remove each other at once, one administrator is left`,
    { skip },
    async () => {
      await using world = await managerOn(engine)
      const [first] = (await world.stores.accounts.list({ limit: 1, offset: 0 })).users
      const others = await Promise.all(Array.from({ length: 4 }, () => world.person('admin')))
      const admins = [{ id: first!.id, token: await world.signIn() }, ...others]
      const ways = [
        (token: string, id: string) => world.as(token).removeUser({ id }),
        (token: string, id: string) => world.as(token).changeUser({ id, is_active: false }),
        (token: string, id: string) => world.as(token).changeUser({ id, role: 'viewer' }),
      ]
      const tries = admins.flatMap((by, index) =>
        admins
          .filter((of) => of !== by)
          .map((of, turn) => ways[(index + turn) % ways.length]!(by.token, of.id)),
      )
      assert.equal(tries.length, 20)
      const answers = await Promise.allSettled(tries)

      assert.equal((await world.stores.accounts.lockAdministrators()).length, 1)
      const codes = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
      // Who was shut out meanwhile, who is gone, and the last one.
      const expected = ['conflict', 'forbidden_role', 'not_found', 'unauthorized']
      assert.deepEqual(
        codes.filter((code) => !expected.includes(code)),
        [],
      )
    },
  )

  test(
    `${name}: a user is put into groups of which each goes meanwhile, or not`,
    { skip },
    async () => {
      await using world = await managerOn(engine)
      const admin = world.as(await world.signIn())
      const { id } = await world.person('viewer')
      for (let round = 0; round < 10; round++) {
        const made = await Promise.all(
          ['a', 'b'].map((of) => admin.createGroup({ name: `${of}-${round}`, description: '' })),
        )
        const group_ids = made.map((group) => group.id)
        const tried = await Promise.allSettled([
          admin.changeUser({ id, group_ids }),
          admin.changeUser({ id, group_ids: group_ids.toReversed() }),
          ...group_ids.map((gone) => admin.removeGroup({ id: gone })),
        ])
        const codes = tried.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
        assert.deepEqual(
          [...new Set(codes)].filter((code) => code !== 'not_found'),
          [],
        )
      }
    },
  )

  for (const way of ['resetPassword', 'revokeSessions'] as const)
    test(`${name}: ${way} ends the session that is just being opened`, { skip }, async () => {
      await using world = await managerOn(engine)
      const admin = world.as(await world.signIn())
      const { id } = await world.person('viewer')
      const user = await world.stores.users.get(id)
      const at = world.now().toISOString()
      const begun = Promise.withResolvers<void>()
      const opening = world.database.transaction(async ({ users, sessions }) => {
        assert.ok(await users.setSignedIn(user, at))
        const from = { ip: '192.0.2.1', user_agent: '', refresh_hash: 'a copy' }
        const times = { created_at: at, confirmed_at: at, expires_at: '9999-01-01T00:00:00.000Z' }
        await sessions.add({ user_id: id, ...from, ...times })
        begun.resolve()
        await setTimeout(500)
      })
      await begun.promise
      await Promise.all([opening, admin[way]({ id })])
      assert.deepEqual(await world.stores.sessions.listLive(id, at), [])
    })

  test(`${name}: somebody is removed while his page takes new tokens`, { skip }, async () => {
    await using world = await managerOn(engine)
    const admin = world.as(await world.signIn())
    const { id, username, password } = await world.person('viewer')
    const { refresh_token } = await world.as().login({ username, password })
    const at = world.now().toISOString()
    const [begun, enough] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    // Both wait for the sessions, and go on in the order in which they came.
    const holding = world.database.transaction(async ({ sessions }) => {
      await sessions.revokeAll(id, null, at)
      begun.resolve()
      await enough.promise
    })
    await begun.promise
    const removing = admin.removeUser({ id })
    await setTimeout(500)
    const refreshing = world.as().refresh({ refresh_token })
    await setTimeout(500)
    enough.resolve()
    await Promise.all([holding, removing, assert.rejects(refreshing, { code: 'unauthorized' })])
  })

  test(
    `${name}: whoever is shut out while passwords wait gives none any more`,
    { skip },
    async () => {
      await using world = await managerOn(engine)
      const admin = world.as(await world.signIn())
      const [{ id, token }, other] = [await world.person('admin'), await world.person('viewer')]
      const queue = Array.from({ length: 30 }, () => hashPassword('of somebody else'))
      const password = 'parsnip lantern gravel 41'
      const late = Promise.allSettled([
        world.as(token).createUser({ username: 'back.door', role: 'admin', password }),
        world.as(token).resetPassword({ id: other.id, password }),
      ])
      await setTimeout(300)
      await admin.changeUser({ id, is_active: false })
      const codes = (await late).map((one) =>
        one.status === 'rejected' ? one.reason.code : 'done',
      )
      assert.deepEqual(codes, ['unauthorized', 'unauthorized'])
      await Promise.all(queue)
      assert.equal(await world.stores.users.find('back.door'), undefined)
      const { username, password: own } = other
      await world.as().login({ username, password: own })
    },
  )

  test(`${name}: no token is made by whoever is just losing all of his`, { skip }, async () => {
    await using world = await managerOn(engine)
    const { id, token } = await world.person('admin')
    const begun = Promise.withResolvers<void>()
    const losing = world.database.transaction(async ({ accounts, apiTokens }) => {
      await accounts.raiseEpoch([id])
      await apiTokens.revoke({ user_id: id }, world.now().toISOString())
      begun.resolve()
      await setTimeout(500)
    })
    await begun.promise
    const making = world.as(token).createApiToken({ name: 'late', permissions: ['host:read'] })
    await Promise.all([losing, assert.rejects(making, { code: 'unauthorized' })])
    const { total } = await world.stores.apiTokens.list({ limit: 1, offset: 0, user_id: id })
    assert.equal(total, 0)
  })

  test(`${name}: of 20 who take one name at once, one has it`, { skip }, async () => {
    await using world = await managerOn(engine)
    const admin = world.as(await world.signIn())
    const tries = Array.from({ length: 20 }, (_, number) =>
      admin.createUser({ username: number % 2 ? 'ada' : 'ADA', role: 'viewer', provider: 'oidc' }),
    )
    const answers = await Promise.allSettled(tries)
    const codes = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    assert.deepEqual(codes, Array<string>(19).fill('conflict'))
  })
}
