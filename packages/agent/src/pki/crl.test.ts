import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { testAuthority } from './authority.test.kit.ts'
import { der, extension } from './crl.test.kit.ts'
import { readRevocationLists } from './crl.ts'

const UNTIL = new Date('2026-01-08T00:00:00Z')
const authority = await testAuthority('root')
const other = await testAuthority('root')
const roots = [authority, other].map(({ ca }) => new X509Certificate(ca))
const read = (pem: string) => readRevocationLists(pem, roots)

test('a list says who signed it, its number, until when it holds and which serial numbers it names', () => {
  const serials = ['4a0102', '0081ff', '7f']
  const [list] = read(authority.revocations(UNTIL, { number: 300, serials }))
  assert.deepEqual(list, {
    root: roots[0]?.fingerprint256,
    number: 300n,
    next_update: UNTIL,
    serials: new Set(['4a0102', '81ff', '7f']),
  })
})

test('a list that names nobody is a list', () =>
  assert.equal(read(authority.revocations(UNTIL))[0]?.serials.size, 0))

test('years from 2050 on are read', () => {
  const until = new Date('2051-02-03T04:05:06Z')
  assert.deepEqual(read(authority.revocations(until))[0]?.next_update, until)
})

test('a file may hold a list of each root', () => {
  const lists = read(authority.revocations(UNTIL) + other.revocations(UNTIL, { number: 9 }))
  assert.deepEqual(
    lists.map(({ root, number }) => [root, number]),
    [
      [roots[0]?.fingerprint256, 1n],
      [roots[1]?.fingerprint256, 9n],
    ],
  )
})

const refused: Record<string, [string | Promise<string>, RegExp]> = {
  'nothing at all': ['', /is no list/],
  'something else in PEM': [authority.ca, /is no list/],
  'a list of another authority': [
    testAuthority('root').then((stranger) => stranger.revocations(UNTIL)),
    /not signed by our authority/,
  ],
  'a list whose signature is of another kind': [
    authority.revocations(UNTIL, {
      algorithm: der(0x30, der(0x06, Buffer.from('2a8648ce3d040303', 'hex'))),
    }),
    /not signed by our authority/,
  ],
  'a list without a number': [authority.revocations(UNTIL, { number: undefined }), /no number/],
  'a list that means only some certificates': [
    authority.revocations(UNTIL, { extensions: [extension('551d1c', der(0x30), true)] }),
    /kind that is unknown/,
  ],
}
for (const [what, [pem, reason]] of Object.entries(refused))
  test(`${what} is refused`, async () => {
    const text = await pem
    assert.throws(() => read(text), reason)
  })

test('a list with a byte changed anywhere is refused', () => {
  const [head = '', base64 = '', end = ''] = authority
    .revocations(UNTIL, { serials: ['4a0102'] })
    .split(/(?<=CRL-----\n)|(?=-----END)/)
  const bytes = Buffer.from(base64, 'base64')
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(at) ^ change, at)
      assert.throws(() => read(`${head}${changed.toString('base64')}\n${end}`))
    }),
  )
})

test('bytes that are no list are refused', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const base64 = Buffer.from(bytes).toString('base64')
      assert.throws(() => read(`-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`))
    }),
  ))

test('a list of ten thousand is read without a stall', () => {
  const serials = Array.from({ length: 10_000 }, (_, index) =>
    (0x40_00_00_00_00 + index).toString(16).padStart(40, '5'),
  )
  const pem = authority.revocations(UNTIL, { serials })
  const before = performance.now()
  const [list] = read(pem)
  const took = performance.now() - before
  assert.equal(list?.serials.size, 10_000)
  assert.ok(took < 200, `${took} ms`)
})
