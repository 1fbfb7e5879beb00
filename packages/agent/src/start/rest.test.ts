import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { rest } from './rest.ts'

test('memory is given back once, after the last of the work', async () => {
  const at: number[] = []
  const { putOff } = rest({ collect: () => at.push(performance.now()), quietMs: 200 })
  for (let times = 0; times < 4; times += 1) {
    putOff()
    await wait(50)
  }
  const last = performance.now() - 50
  await wait(1000)
  assert.equal(at.length, 1)
  assert.ok((at[0] ?? 0) > last + 100)
})

test('an agent that did nothing has nothing to give back', async () => {
  let times = 0
  rest({ collect: () => (times += 1), quietMs: 10 })
  await wait(100)
  assert.equal(times, 0)
})
