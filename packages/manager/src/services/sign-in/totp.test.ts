import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTotpSecret, stepOf, totpAddress } from './totp.ts'

/** "12345678901234567890", the secret of RFC 6238, appendix B, in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const at = (seconds: number) => new Date(seconds * 1000)

/** Time in seconds, its step, and the code of eight digits: the table's rows for SHA-1. */
const appendixB: [seconds: number, step: number, code: string][] = [
  [59, 0x1, '94287082'],
  [1111111109, 0x23523ec, '07081804'],
  [1111111111, 0x23523ed, '14050471'],
  [1234567890, 0x273ef07, '89005924'],
  [2000000000, 0x3f940aa, '69279037'],
  [20000000000, 0x27bc86aa, '65353130'],
]

for (const [seconds, step, code] of appendixB)
  test(`RFC 6238, appendix B: the code of second ${seconds} is of its step`, async () => {
    assert.equal(await stepOf(secret, code, at(seconds), { digits: 8 }), step)
    assert.equal(await stepOf(secret, code.slice(2), at(seconds)), step)
  })

test('a code counts in the step before and the one after its own, and in no other', async () => {
  const code = '005924' // Of the step that begins at 1234567890.
  const steps = [-31, -30, -1, 0, 29, 30, 59, 60].map((off) =>
    stepOf(secret, code, at(1234567890 + off)),
  )
  const step = 0x273ef07
  const none = undefined
  assert.deepEqual(await Promise.all(steps), [none, step, step, step, step, step, step, none])
})

test('what is no code of six digits is of no step, whatever it is', async () => {
  const hostile = [
    '',
    '0',
    '00592',
    '0059245',
    '89005924',
    ' 05924',
    '００５９２４',
    '-05924',
    '1e5924',
  ]
  for (const code of [...hostile, '0x5924', '00592\n', '٠٠٥٩٢٤', '0'.repeat(1_000_000)])
    assert.equal(await stepOf(secret, code, at(1234567890)), undefined, code.slice(0, 20))
})

test('every secret is another one, of 160 bits', () => {
  const secrets = new Set(Array.from({ length: 100 }, newTotpSecret))
  assert.equal(secrets.size, 100)
  for (const one of secrets) assert.match(one, /^[A-Z2-7]{32}$/)
})

test('a phone is told who it is for, whatever the name is', () => {
  const address = new URL(totpAddress('jo&secret=AAAA#', secret))
  assert.equal(address.protocol, 'otpauth:')
  assert.equal(address.searchParams.get('secret'), secret)
  assert.equal(address.searchParams.get('issuer'), 'Linux Patch Manager')
  assert.match(decodeURIComponent(address.pathname), /jo&secret=AAAA#$/)
})
