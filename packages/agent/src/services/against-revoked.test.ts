import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CrlState } from '@linux-patch/shared/certificate-state'
import { Config } from '../config.ts'
import { againstRevoked } from './against-revoked.ts'

function reason(state: CrlState, expired_policy: 'warn' | 'deny', serial = '4A') {
  const config = Config.parse({ crl: { expired_policy } })
  const revoked = { state: () => state, isRevoked: (one: string) => one === '4B' }
  const settings = { revoked, config: { value: () => config } }
  return againstRevoked(settings as never, () => new Date())(serial)
}

test('whoever is named in a list is revoked, however old the list is', () => {
  for (const policy of ['warn', 'deny'] as const)
    assert.deepEqual(
      ['valid', 'expired'].map((state) => reason(state as CrlState, policy, '4B')),
      ['revoked', 'revoked'],
    )
})

test('without a list that holds callers are let in, unless the settings say no', () => {
  const states = ['valid', 'expired', 'missing', 'invalid'] as const
  assert.deepEqual(
    states.map((state) => reason(state, 'warn')),
    [null, null, null, null],
  )
  assert.deepEqual(
    states.map((state) => reason(state, 'deny')),
    [
      null,
      'the list of revoked certificates is expired',
      'the list of revoked certificates is missing',
      'the list of revoked certificates is invalid',
    ],
  )
})
