import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calculateJwkThumbprint, CompactSign, compactVerify, decodeJwt, importJWK } from 'jose'
import { engines, type TestDatabase } from '../../db/engines.test.kit.ts'
import { keysOf } from '../../pki/keys.ts'
import { ownSecrets } from '../certificates/own-secrets.ts'

const DAY = 24 * 3_600_000
const claims = { user_id: 'user', session_id: 'session', epoch: 3 }
const keys = keysOf(Buffer.alloc(32, 7))
const unauthorized = { code: 'unauthorized' }

/** So many managers on one database, whose clock can be put forward. */
async function managers(database: TestDatabase, count: number) {
  const start = Date.now()
  let ahead = 0
  const now = () => new Date(start + ahead)
  const all = Array.from({ length: count }, () => ownSecrets({ database, keys, now }).tokens())
  return { all: await Promise.all(all), pass: (ms: number) => void (ahead += ms) }
}

const kidOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid as string

for (const { name, skip, open } of engines) {
  test(
    `${name}: managers that start at once sign with one key, and read each other`,
    { skip },
    async () => {
      await using database = await open()
      const { all } = await managers(database, 3)
      const signed = await Promise.all(all.map(({ sign }) => sign(claims)))
      assert.equal(new Set(signed.map(kidOf)).size, 1)
      for (const { read } of all)
        for (const token of signed) assert.deepEqual(await read(token), claims)
    },
  )

  test(
    `${name}: after ninety days one next key signs, and the one before is read a day longer`,
    { skip },
    async () => {
      await using database = await open()
      const { all, pass } = await managers(database, 3)
      const [first, second, third] = all
      assert.ok(first && second && third)
      const old = await first.sign(claims)
      pass(90 * DAY - 1)
      assert.equal(kidOf(await first.sign(claims)), kidOf(old))
      pass(1)
      // At once, so that they race for the next one.
      const [one, two] = await Promise.all([first.sign(claims), second.sign(claims)])
      assert.equal(kidOf(one), kidOf(two))
      assert.notEqual(kidOf(one), kidOf(old))
      // The third one has signed nothing since, and learns of the key by its first token.
      for (const { read } of all)
        for (const token of [old, one, two]) assert.deepEqual(await read(token), claims)
      pass(DAY - 1)
      assert.deepEqual(await third.read(old), claims)
      pass(1)
      for (const { read } of all) await assert.rejects(read(old), unauthorized)
      assert.deepEqual(await third.read(one), claims)
    },
  )

  test(
    `${name}: keys are kept sealed, two of them at most, and found again at the next start`,
    { skip },
    async () => {
      await using database = await open()
      const { all, pass } = await managers(database, 1)
      for (let turn = 0; turn < 3; turn++) {
        await all[0]?.sign(claims)
        pass(90 * DAY)
      }
      const token = (await all[0]?.sign(claims)) ?? ''
      const sealed = await database.stores.secrets.get('token-keys')
      assert.ok(!sealed.includes(kidOf(token)))
      assert.equal(JSON.parse(keys.open('token-keys', sealed)).keys.length, 2)
      const next = ownSecrets({ database, keys, now: () => new Date(Date.now() + 270 * DAY) })
      assert.deepEqual(await (await next.tokens()).read(token), claims)
    },
  )
}

test('a token lives fifteen minutes', async () => {
  const [engine] = engines
  await using database = await (engine ?? assert.fail()).open()
  const { all } = await managers(database, 1)
  const { iat = 0, exp = 0 } = decodeJwt((await all[0]?.sign(claims)) ?? '')
  assert.equal(exp - iat, 900)
})

// RFC 8037, appendix A.1 to A.5.
const rfc = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
}
const signed =
  'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.' +
  'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg'

test('the example of RFC 8037 is signed, read and named as it says', async () => {
  const payload = new TextEncoder().encode('Example of Ed25519 signing')
  const made = new CompactSign(payload).setProtectedHeader({ alg: 'EdDSA' })
  assert.equal(await made.sign(await importJWK(rfc, 'EdDSA')), signed)

  const { d: _secret, ...open } = rfc
  const read = await compactVerify(signed, await importJWK(open, 'EdDSA'))
  assert.deepEqual([...read.payload], [...payload])
  const changed = `${signed.slice(0, -2)}${signed.at(-2) === 'A' ? 'B' : 'A'}${signed.at(-1)}`
  await assert.rejects(compactVerify(changed, await importJWK(open, 'EdDSA')))

  const thumbprint = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
  assert.equal(await calculateJwkThumbprint(open), thumbprint)
  assert.equal(await calculateJwkThumbprint(rfc), thumbprint)
})
