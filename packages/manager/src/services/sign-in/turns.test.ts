import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { turns } from './turns.ts'

/** Work that ends when it is told to. */
function works() {
  const begun: { end: () => void; fail: (why: Error) => void }[] = []
  const work = () =>
    new Promise<void>((end, fail) => {
      begun.push({ end, fail })
    })
  return { begun, work }
}

test('so many work at once, and the next one begins when one has ended, also badly', async () => {
  const inTurn = turns({ at_once: 2, waiting: 9 })
  const { begun, work } = works()
  const [first] = [inTurn(work), inTurn(work), inTurn(work), inTurn(work)]
  await setImmediate()
  assert.equal(begun.length, 2)
  begun[0]?.fail(new Error('broken'))
  await assert.rejects(first ?? Promise.resolve(), /broken/)
  assert.equal(begun.length, 3)
  begun[1]?.end()
  await setImmediate()
  assert.equal(begun.length, 4)
})

test('where the queue is full, the next one is told to come again', async () => {
  const inTurn = turns({ at_once: 1, waiting: 1 })
  const { begun, work } = works()
  const [one, two] = [inTurn(work), inTurn(work)]
  await assert.rejects(inTurn(work), {
    code: 'rate_limited',
    details: { retry_after_seconds: 5 },
  })
  begun[0]?.end()
  await one
  begun[1]?.end()
  await two
  const again = inTurn(work)
  begun[2]?.end()
  await again
})

test('who has given up leaves the queue, and his place is free', async () => {
  const inTurn = turns({ at_once: 1, waiting: 1 })
  const { begun, work } = works()
  const gone = new AbortController()
  const first = inTurn(work)
  const given = inTurn(work, gone.signal)
  gone.abort()
  await assert.rejects(given, { code: 'unavailable' })
  await assert.rejects(inTurn(work, gone.signal), { code: 'unavailable' })
  const second = inTurn(work)
  begun[0]?.end()
  await first
  await setImmediate()
  begun[1]?.end()
  await second
  assert.equal(begun.length, 2)
})
