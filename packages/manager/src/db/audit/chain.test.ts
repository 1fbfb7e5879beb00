import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalRow, chainOf, newChainKeys } from './chain.ts'
import { canonicalJson } from './canonical-json.ts'

const text = fc.string({
  unit: fc.constantFrom('a', ',', '"', '\\', '[', ']', 'null', '\u0001', 'é'),
})
const maybe = fc.option(text)
const row = fc.record({
  seq: fc.integer({ min: 1, max: 99 }),
  prev_hash: text,
  id: text,
  at: text,
  actor_type: text,
  actor_id: maybe,
  actor_name: text,
  action: text,
  target_type: maybe,
  target_id: maybe,
  outcome: text,
  ip: maybe,
  request_id: maybe,
  details: text,
})

test('two rows that differ never have the same bytes', () => {
  fc.assert(
    fc.property(row, row, (a, b) => {
      const isSame = Object.keys(a).every((name) => a[name as 'id'] === b[name as 'id'])
      return (canonicalRow(a) === canonicalRow(b)) === isSame
    }),
    { numRuns: 2000 },
  )
})

test('a field that is changed, or that moves into its neighbour, changes the bytes', () => {
  fc.assert(
    fc.property(row, fc.constantFrom('id', 'at', 'action', 'details', 'target_id'), (a, name) => {
      assert.notEqual(canonicalRow({ ...a, [name]: `${a[name] ?? ''}x` }), canonicalRow(a))
      const moved = { ...a, actor_type: a.actor_type + a.actor_name, actor_name: '' }
      if (a.actor_name !== '') assert.notEqual(canonicalRow(moved), canonicalRow(a))
      const none = canonicalRow({ ...a, ip: null })
      for (const ip of ['', 'null']) assert.notEqual(canonicalRow({ ...a, ip }), none)
    }),
  )
})

test('details are the same text in whatever order they were told, and another where they differ', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  fc.assert(
    fc.property(json, json, (a, b) => {
      assert.deepEqual(JSON.parse(canonicalJson(a)), JSON.parse(JSON.stringify(a)))
      assert.equal(canonicalJson(reversed(a)), canonicalJson(a))
      const isSame = JSON.stringify(a) === JSON.stringify(b)
      if (canonicalJson(a) === canonicalJson(b)) assert.deepEqual(plain(a), plain(b))
      else assert.equal(isSame, false)
    }),
    { numRuns: 2000 },
  )
})

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toReversed()
  return Object.fromEntries(entries.map(([name, value]) => [name, reversed(value)]))
}

test('a row of one kind is of no use as one of another, and another key fits nothing', () => {
  const [mine, other] = [chainOf(newChainKeys()), chainOf(newChainKeys())]
  const note = mine.signNote({ seq: 1, hash: 'h', at: 'a' })
  assert.equal(mine.isNoteSigned(note), true)
  assert.equal(mine.isNoteSigned({ ...note, seq: 2 }), false)
  assert.equal(other.isNoteSigned(note), false)
  const checkpoint = { number: 1, keeps_from: 1, kept_after: '', ...note }
  assert.equal(mine.isSigned(checkpoint), false)
  assert.equal(mine.isSigned(mine.sign(checkpoint)), true)
  const head = { seq: 1, hash: 'h', checkpoints: 0, chained_to: 0 }
  assert.notEqual(mine.macOf(head), other.macOf(head))
})

test('a signature that is no signature fits nothing', () => {
  const chain = chainOf(newChainKeys())
  for (const signature of ['', 'x', '=', 'é', 'A'.repeat(86)])
    assert.equal(chain.isNoteSigned({ seq: 1, hash: 'h', at: 'a', signature }), false)
})
