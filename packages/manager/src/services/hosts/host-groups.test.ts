import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { hostGroups } from './host-groups.ts'

test('of which groups hosts are is asked for once a second, and of the new ones at once', async () => {
  const asked: string[][] = []
  const groupsOf = hostGroups({
    idsOfHosts(ids) {
      asked.push([...ids])
      return Promise.resolve(new Map(ids.map((id) => [id, [`group of ${id}`]])))
    },
  })
  const find = await groupsOf(['a', 'b', 'a'])
  assert.deepEqual([find('a'), find('b'), find('c')], [['group of a'], ['group of b'], []])
  for (let line = 0; line < 100; line++) await groupsOf(['a', 'b'])
  await groupsOf(['b', 'c'])
  assert.deepEqual(asked, [['a', 'b'], ['c']])
  await wait(1001)
  await groupsOf(['a'])
  assert.deepEqual(asked.at(-1), ['a'])
})
