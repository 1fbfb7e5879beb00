import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stateOfCertificate } from './certificate-state.ts'

const life = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') }
const after = (days: number) =>
  stateOfCertificate(life, new Date(life.from.getTime() + days * 24 * 3_600_000))

test('a certificate of 90 days is due at 60, expires from 75 on, and ends at 90', () =>
  assert.deepEqual([0, 60, 61, 75, 76, 89, 90, 400].map(after), [
    'ok',
    'ok',
    'renewal_due',
    'renewal_due',
    'expiring',
    'expiring',
    'expired',
    'expired',
  ]))
