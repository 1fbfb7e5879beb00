import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword, isPassword } from './passwords.ts'

test('a hash is a PHC string of Argon2id with 19 MiB and two passes, and never twice the same', async () => {
  const [one, two] = [await hashPassword('correct horse'), await hashPassword('correct horse')]
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.notEqual(one, two)
  assert.equal(await isPassword('correct horse', one), true)
  assert.equal(await isPassword('correct horse ', one), false)
  assert.equal(await isPassword('', one), false)
})

test('a password is the same however its letters are composed', async () => {
  const hash = await hashPassword('caf\u00e9 au lait')
  assert.equal(await isPassword('cafe\u0301 au lait', hash), true)
})

test('a stored hash that cannot be read is a fault of ours, and no password', async () => {
  for (const stored of ['', 'plain', '$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA', '$2b$10$x'])
    await assert.rejects(isPassword('x', stored), /cannot be read/)
})

test('thirty guesses at once take turns', async () => {
  const hash = await hashPassword('correct horse')
  const before = process.memoryUsage().rss
  const guesses = await Promise.all(Array.from({ length: 30 }, () => isPassword('wrong', hash)))
  assert.ok(guesses.every((right) => !right))
  assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024)
})
