import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiTokenText } from '@linux-patch/shared/api-token'
import { isApiToken, isWhole, newApiToken } from './api-token-text.ts'

test('a token says what it is, shows its beginning, and is never made twice', () => {
  const made = Array.from({ length: 100 }, newApiToken)
  for (const { token, prefix } of made) {
    assert.ok(ApiTokenText.safeParse(token).success && isWhole(token) && isApiToken(token), token)
    assert.ok(token.startsWith(prefix) && prefix.length === 12)
  }
  assert.equal(new Set(made.map(({ token }) => token)).size, 100)
})

test('one that was cut off, mistyped or made up is none', () => {
  const { token } = newApiToken()
  const last = token.endsWith('a') ? 'b' : 'a'
  const wrong = [token.slice(0, -1), `${token}a`, token.slice(0, -1) + last, ` ${token}`, 'lpm_']
  for (const text of [...wrong, token.replace('lpm_', 'lpmj_'), `lpm_${'a'.repeat(46)}`])
    assert.equal(isWhole(text), false, text)
  assert.equal(isApiToken('lpmj_x'), false)
})
