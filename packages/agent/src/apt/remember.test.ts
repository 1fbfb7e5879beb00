import assert from 'node:assert/strict'
import { test } from 'node:test'
import { remember } from './remember.ts'

test('an answer is made once while its inputs are the very same, and anew when one of them is not', () => {
  let made = 0
  const ask = remember((_inputs: { one: object; other: object }) => ++made)
  const [a, b] = [{}, {}]
  assert.deepEqual([ask({ one: a, other: b }), ask({ one: a, other: b })], [1, 1])
  assert.equal(ask({ one: a, other: a }), 2)
  assert.equal(ask({ one: a, other: b }), 3)
})

test('what could not be made is tried again', () => {
  let tries = 0
  const ask = remember((_inputs: object) => {
    if (++tries === 1) throw new Error('no')
    return tries
  })
  assert.throws(() => ask({}), /no/)
  assert.equal(ask({}), 2)
})
