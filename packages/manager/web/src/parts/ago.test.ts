import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago } from './ago.ts'

const now = Date.parse('2026-11-22T12:00:00Z')

test('a time is told in its largest unit, rounded down', () => {
  assert.equal(ago('2026-11-22T11:58:01Z', now), '1 minute ago')
  assert.equal(ago('2026-11-22T09:01:00Z', now), '2 hours ago')
  assert.equal(ago('2026-11-19T12:00:00Z', now), '3 days ago')
  assert.equal(ago('2027-02-20T12:00:00Z', now), 'in 3 months')
})

test('less than a minute is now', () => {
  assert.equal(ago('2026-11-22T11:59:30Z', now), 'just now')
  assert.equal(ago('2026-11-22T12:00:30Z', now), 'in less than a minute')
})
