import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERY } from '../../db/sign-in/attempts.ts'
import { engines } from '../../db/engines.test.kit.ts'
import { managerOn } from '../../start/manager-on.test.kit.ts'

const MINUTE = 60_000
const ATTACKER = '127.0.0.66'

for (const engine of engines) {
  const { name, skip } = engine

  test(`${name}: whose name is locked, that stands in his account`, { skip }, async () => {
    await using world = await managerOn(engine)
    const admin = world.as(await world.signIn())
    const group = await admin.createGroup({ name: 'Web' })
    const ada = { username: 'Ada', role: 'viewer', provider: 'oidc' as const }
    const { id } = await admin.createUser({ ...ada, group_ids: [group.id] })
    const told = async () => [
      (await admin.getUser({ id })).locked_until,
      (await admin.listUsers({ search: 'Ada' })).users[0]?.locked_until,
      (await admin.listGroupUsers({ id: group.id })).users[0]?.locked_until,
      (await admin.changeUser({ id })).locked_until,
    ]
    assert.deepEqual(await told(), [null, null, null, null])

    const from = world.now().getTime()
    for (let number = 0; number < 10; number++)
      await assert.rejects(
        world.as(undefined, { from: ATTACKER }).login({ username: 'aDA', password: 'a guess' }),
      )
    const [until, ...others] = await told()
    const lasts = Date.parse(until ?? '') - from
    assert.ok(lasts > 14 * MINUTE && lasts < 16 * MINUTE, String(until))
    assert.deepEqual(others, [until, until, until])
    assert.equal((await admin.listUsers({ search: 'admin' })).users[0]?.locked_until, null)

    await admin.unlockUser({ id })
    assert.deepEqual(await told(), [null, null, null, null])
  })

  test(
    `${name}: of several locks of a name the last one is told, and one of an address is not`,
    { skip },
    async () => {
      await using world = await managerOn(engine)
      const admin = world.as(await world.signIn())
      const { id, username } = await world.person('viewer')
      const at = (minutes: number) => new Date(world.now().getTime() + minutes * MINUTE)
      const { attempts } = world.stores
      const lock = async (name: string, address: string, until: Date) => {
        await attempts.count({ name, address }, at(0).toISOString(), at(-1).toISOString())
        await attempts.lock({ name, address }, until.toISOString())
      }
      const told = async () => (await admin.getUser({ id })).locked_until
      await lock(EVERY, ATTACKER, at(60))
      assert.equal(await told(), null)
      const [first, last] = [at(10), at(20)]
      await lock(username, ATTACKER, last)
      await lock(username, EVERY, first)
      assert.equal(await told(), last.toISOString())
      world.pass(15 * MINUTE)
      assert.equal(await told(), last.toISOString())
      world.pass(5 * MINUTE)
      assert.equal(await told(), null)
    },
  )
}
