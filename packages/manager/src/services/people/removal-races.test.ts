import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { engines } from '../../db/engines.test.kit.ts'
import type { Stores } from '../../db/open.ts'
import { managerOn } from '../../start/manager-on.test.kit.ts'
import { withGroup, withRole, withUser, type Scene } from './removal-scenes.test.kit.ts'

const at = '2026-01-01T00:00:00.000Z'
const removeUser = async ({ users, accounts }: Stores, id: string) =>
  accounts.remove(await users.get(id), at)
/** With all that goes with him; others get as far as to where they need it. */
async function holdUser({ accounts, sessions }: Stores, id: string) {
  await accounts.raiseEpoch([id])
  for (const session of await sessions.listLive(id, at)) await sessions.confirm(session.id, at)
}
const removeGroup = ({ groups }: Stores, id: string) => groups.remove(id)
const holdGroup = ({ groups }: Stores, id: string) => groups.hold([id], 'all')
const removeRole = ({ roles }: Stores, id: string) => roles.remove(id)
const holdRole = ({ roles }: Stores, id: string) => roles.hold(id)

type Step = (stores: Stores, id: string) => Promise<void>
type Removal = { scenes: Record<string, Scene>; before?: Step; after?: Step }
const removals: Record<string, Removal> = {
  'a user is just gone': { scenes: withUser, before: removeUser },
  'a user is about to go': { scenes: withUser, before: holdUser, after: removeUser },
  'a group is just gone': { scenes: withGroup, before: removeGroup },
  'a group is about to go': { scenes: withGroup, before: holdGroup, after: removeGroup },
  'a role is just gone': { scenes: withRole, before: removeRole },
  'a role is about to go': { scenes: withRole, before: holdRole, after: removeRole },
}

/** Who is not let in, or does not find what he asks for; whoever is quick has done it before. */
const answers = ['done', 'not_found', 'unauthorized', 'invalid_credentials']

for (const engine of engines)
  for (const [what, { scenes, before, after }] of Object.entries(removals))
    test(`${engine.name}: ${what}, and meanwhile`, { skip: engine.skip }, async (t) => {
      await using world = await managerOn(engine)
      const admin = world.as(await world.signIn())
      for (const [name, scene] of Object.entries(scenes))
        await t.test(name, async () => {
          const { id, act, goesOn = false } = await scene(world, admin)
          const begun = Promise.withResolvers<void>()
          const removal = world.database.transaction(async (stores) => {
            await before?.(stores, id)
            begun.resolve()
            await wait(200)
            await after?.(stores, id)
          })
          await begun.promise
          const [answer] = await Promise.allSettled([act(), removal])
          await removal
          const code: string = answer.status === 'rejected' ? answer.reason.code : 'done'
          assert.ok(answers.includes(code), code)
          if (goesOn || !after) assert.equal(code === 'done', goesOn, code)
        })
    })

for (const { name, skip, open } of engines)
  test(`${name}: of a role that has just gone it is said so`, { skip }, async () => {
    await using db = await open()
    await assert.rejects(db.stores.roles.rightsOf('gone'), { code: 'not_found' })
  })
