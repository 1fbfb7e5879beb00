import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Host } from '@linux-patch/shared/host'
import { updateWords } from './update-words.ts'

const words = (updates: Partial<Host['updates']>, status: Host['status'] = 'healthy') =>
  updateWords({
    status,
    updates: {
      total: 12,
      security: 3,
      blocked: 0,
      state: 'current',
      read_at: '2026-11-22T10:00:00Z',
      lists_updated_at: '2026-11-22T09:00:00Z',
      lists_failure: null,
      ...updates,
    },
  })

test('counts name what is security and what is blocked', () => {
  assert.deepEqual(words({}), { kind: 'security', text: '3 security of 12' })
  assert.deepEqual(words({ blocked: 2 }), {
    kind: 'security',
    text: '3 security of 12, 2 blocked',
  })
  assert.deepEqual(words({ total: 1, security: 0 }), {
    kind: 'updates',
    text: '1 update, none security',
  })
})

test('what was not counted is unknown, never none', () => {
  assert.deepEqual(words({ total: null }), { kind: 'unknown', text: 'Unknown' })
  assert.deepEqual(words({ state: 'unknown', total: 0 }), { kind: 'unknown', text: 'Unknown' })
  assert.equal(words({ security: null }).text, '12 updates, security unknown')
})

test('an unknown share of security is shown as urgently as a known one', () =>
  assert.equal(words({ security: null }).kind, 'security'))

test('only a current reading of a host that answers may say that it is up to date', () => {
  const none = { total: 0, security: 0 }
  assert.deepEqual(words(none), { kind: 'clear', text: 'Up to date' })
  assert.deepEqual(words({ ...none, state: 'stale' }), {
    kind: 'stale',
    text: 'No updates when last read',
  })
  assert.equal(words(none, 'unreachable').kind, 'stale')
  assert.equal(words(none, 'pending').kind, 'stale')
})
