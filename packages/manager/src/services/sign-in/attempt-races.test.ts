import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../../db/engines.test.kit.ts'
import { managerOn } from '../../start/manager-on.test.kit.ts'

const times = <Value>(count: number, make: (number: number) => Value) =>
  Array.from({ length: count }, (_, number) => make(number))
const AFTER_ALL = '9999-01-01T00:00:00.000Z'

for (const engine of engines)
  test(
    `${engine.name}: wrong passwords are counted while the name is unlocked, and old ones are forgotten`,
    { skip: engine.skip },
    async () => {
      await using world = await managerOn(engine)
      const admin = world.as(await world.signIn())
      const { id, username } = await world.person('viewer')
      const guess = (number: number) =>
        world
          .as(undefined, { from: `127.0.1.${1 + (number % 5)}` })
          .login({ username, password: 'a guess' })
      const purge = () =>
        world.stores.attempts.purge({ failed: AFTER_ALL, signed_in: AFTER_ALL }, AFTER_ALL)

      const codes: unknown[] = []
      for (let round = 0; round < 12; round++) {
        const all = [
          ...times(20, guess),
          ...times(5, () => admin.unlockUser({ id })),
          ...times(2, purge),
        ]
        const answers = await Promise.allSettled(all)
        codes.push(...answers.map((one) => (one.status === 'rejected' ? one.reason.code : 'done')))
      }
      const unexpected = codes.filter(
        (code) => !['done', 'invalid_credentials', 'account_locked'].includes(String(code)),
      )
      assert.deepEqual(unexpected, [])
    },
  )
