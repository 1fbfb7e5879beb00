import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Certificate } from '@linux-patch/shared/certificate'
import { endsSoon, leftWords, ownerOf } from './certificate-words.ts'

const now = Date.parse('2026-01-01T12:00:00Z')
const ending = (not_after: string, status: Certificate['status'] = 'active') =>
  ({ status, not_after }) as Certificate

test('what is left is rounded down', () => {
  assert.equal(leftWords(ending('2026-01-03T11:59:59Z'), now), '1 day left')
  assert.equal(leftWords(ending('2026-01-02T11:59:59Z'), now), 'less than a day left')
  assert.equal(leftWords(ending('2026-04-01T12:00:00Z'), now), '90 days left')
})

test('of one that has ended nothing is left', () => {
  for (const status of ['revoked', 'superseded', 'expired'] as const)
    assert.equal(leftWords(ending('2026-01-09T12:00:00Z', status), now), '')
  assert.equal(endsSoon(ending('2026-01-09T12:00:00Z', 'revoked'), now), false)
  assert.equal(endsSoon(ending('2026-01-09T12:00:00Z'), now), true)
})

test('it is called by its host, its operator, or what the manager uses it for', () => {
  assert.equal(ownerOf({ kind: 'agent', host: { id: '1', name: 'web' }, name: null }), 'web')
  assert.equal(ownerOf({ kind: 'operator', host: null, name: 'ann' }), 'ann')
  assert.equal(ownerOf({ kind: 'web', host: null, name: 'page' }), 'Manager, for people')
})
