import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newRecoveryCodes, recoveryHash } from './recovery-code.ts'

test('ten codes are made at a time, each another one', () => {
  const codes = newRecoveryCodes()
  assert.equal(new Set(codes).size, 10)
  for (const code of codes) assert.match(code, /^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/)
})

test('a code is known however it is typed', () => {
  const hash = recoveryHash('abcd-efgh-jkmn-pqrs')
  for (const typed of ['abcdefghjkmnpqrs', 'ABCD EFGH JKMN PQRS', ' abcd-efgh\tjkmn-pqrs\n'])
    assert.equal(recoveryHash(typed), hash)
  assert.notEqual(recoveryHash('abcd-efgh-jkmn-pqrt'), hash)
})
