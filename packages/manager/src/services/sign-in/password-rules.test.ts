import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword } from './passwords.ts'
import { passwordRules } from './password-rules.ts'

const rules = passwordRules({ security: () => Promise.resolve({ password_min_length: 12 }) })
const owner = {
  username: 'wilhelmina',
  email: 'wilhelmina.k@example.org',
  display_name: 'Wilhelmina Krause',
  password_hash: '',
}

const refused: [password: string, reason: string][] = [
  ['', 'too_short'],
  ['k7#mQ2vLx9T', 'too_short'],
  // Eleven letters, each of two code units.
  ['😀'.repeat(11), 'too_short'],
  // Composed they are eleven.
  ['e\u0301'.repeat(11), 'too_short'],
  ['x'.repeat(1001), 'too_long'],
  // One letter that is eighteen when it is composed.
  ['\ufdfa'.repeat(56), 'too_long'],
  ['Wilhelmina Krause', 'own_name'],
  ['WILHELMINA.K@example.org', 'own_name'],
  ['wilhelmina12', 'easy_to_guess'],
  ['123456789012', 'easy_to_guess'],
  ['password1234', 'easy_to_guess'],
  ['passwordpassword', 'easy_to_guess'],
  ['1q2w3e4r5t6y', 'easy_to_guess'],
  ['qwertyuiop12', 'easy_to_guess'],
  ['ｐａｓｓｗｏｒｄ１２３４', 'easy_to_guess'],
  ['x'.repeat(1000), 'easy_to_guess'],
  ['administrator', 'easy_to_guess'],
]
for (const [password, reason] of refused)
  test(`${password.slice(0, 30)} is refused: ${reason}`, () =>
    assert.rejects(rules.check(password, owner), {
      code: 'invalid_request',
      message: /^The new password [a-z ]+/,
      details: { reason },
    }))

test('a sentence, random letters, and letters of any script are taken', async () => {
  for (const password of [
    'a much better password',
    'k7#mQ2vLx9Tz',
    'Пусть это будет так',
    '東京の冬はとても寒いですね',
    'x9 '.concat('correct horse battery staple ').repeat(30),
  ])
    await rules.check(password, owner)
})

test('the old one is refused, however its letters are composed', async () => {
  const password_hash = await hashPassword('caf\u00e9 au lait sans sucre')
  for (const again of ['caf\u00e9 au lait sans sucre', 'cafe\u0301 au lait sans sucre'])
    await assert.rejects(rules.check(again, { ...owner, password_hash }), {
      details: { reason: 'the_old_one' },
    })
  await rules.check('caf\u00e9 au lait avec sucre', { ...owner, password_hash })
})

test('how long it must be is a setting', async () => {
  const strict = passwordRules({ security: () => Promise.resolve({ password_min_length: 20 }) })
  await assert.rejects(strict.check('k7#mQ2vLx9Tz', owner), /at least 20 characters/)
})

test('the longest password is judged in no time', async () => {
  const start = performance.now()
  for (const unit of ['ab1', '1q2w3e4r', 'password', 'aaaaaaab', '20260101'])
    await rules.check(unit.repeat(125).slice(0, 1000), owner).catch(() => undefined)
  assert.ok(performance.now() - start < 5000)
})
