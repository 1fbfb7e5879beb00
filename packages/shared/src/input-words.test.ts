import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { inputWords } from './input-words.ts'

const Input = z.strictObject({ ids: z.array(z.uuid()), smtp: z.record(z.string(), z.int()) })

function wordsFor(input: object): string {
  const { error } = Input.safeParse({ ids: [], smtp: {}, ...input })
  assert.ok(error)
  return inputWords(error)
}

test('what is wrong stands behind the name of its field', () => {
  assert.equal(wordsFor({ ids: ['x'] }), 'ids[0]: Invalid UUID')
  assert.equal(
    wordsFor({ smtp: { port: 'x' } }),
    'smtp.port: Invalid input: expected number, received string',
  )
  assert.equal(wordsFor({ more: 1 }), 'Unrecognized key: "more"')
})

test('several are told in one line, and of many only some', () => {
  assert.equal(wordsFor({ ids: ['x', 'y'] }), 'ids[0]: Invalid UUID; ids[1]: Invalid UUID')
  const many = wordsFor({ ids: Array.from({ length: 12 }, () => 'x') }).split('; ')
  assert.deepEqual(many.slice(4), ['ids[4]: Invalid UUID', 'and 7 more'])
})

test('names that somebody made up make the line neither long nor two', () => {
  const words = wordsFor({ [`a\n${'b'.repeat(1000)}`]: 1 })
  assert.match(words, /^Unrecognized key: "a b{100,}…$/)
  assert.equal(words.length, 200)
})
