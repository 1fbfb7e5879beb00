import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from './id.ts'

test('ids sort by age, also those of one millisecond', () => {
  const ids = Array.from({ length: 10_000 }, () => newId())
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
})

test('an id is a UUID of version 7 that begins with its time', () => {
  const later = Date.UTC(2100, 0, 1)
  const [time = '', half = ''] = newId(later).split(/-(?=[^-]+-[^-]+-[^-]+$)/)
  assert.equal(Number.parseInt(time.replace('-', ''), 16), later)
  assert.match(half, /^7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a clock that is set back does not make ids older', () => {
  const first = newId(Date.UTC(2101, 0, 1))
  assert.ok(newId(Date.UTC(2099, 0, 1)) > first)
})
