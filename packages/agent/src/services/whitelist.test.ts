import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { WhitelistEntry } from '../config-whitelist.ts'
import { allowList, type Resolve } from './whitelist.ts'

const nowhere: Resolve = async () => {
  throw new Error('ENOTFOUND')
}
function listOf(...entries: string[]) {
  const list = allowList({ entries: () => entries, resolve: nowhere })
  list.apply()
  return list
}

test('nobody is allowed before the list was ever read', () => {
  const list = allowList({ entries: () => ['0.0.0.0/0'], resolve: nowhere })
  assert.equal(list.allows('10.0.0.1'), false)
})

test('an empty list allows nobody, not even this host', () => {
  const list = listOf()
  assert.deepEqual(
    [list.allows('127.0.0.1'), list.allows('::1'), list.allows('')],
    [false, false, false],
  )
})

test('a network allows its own addresses and not the next one', () => {
  const list = listOf('10.1.0.0/16')
  assert.deepEqual([list.allows('10.1.255.255'), list.allows('10.2.0.0')], [true, false])
})

test('IPv4 that comes in over IPv6 is IPv4', () => {
  const list = listOf('10.0.0.1')
  assert.deepEqual([list.allows('::ffff:10.0.0.1'), list.allows('::FFFF:10.0.0.2')], [true, false])
})

test('entries may be written as mapped addresses too', () => {
  const list = listOf('::ffff:10.0.0.1', '::ffff:10.1.0.0/112')
  assert.deepEqual(
    [list.allows('10.0.0.1'), list.allows('10.1.0.9'), list.allows('10.2.0.1')],
    [true, true, false],
  )
})

test('IPv6 has networks, and zones do not count', () => {
  const list = listOf('2001:db8::/32', 'fe80::1')
  assert.deepEqual(
    [list.allows('2001:db8::7'), list.allows('2001:db9::7'), list.allows('fe80::1%eth0')],
    [true, false, true],
  )
})

test('what is no address is not allowed', () => {
  const list = listOf('0.0.0.0/0')
  assert.deepEqual([list.allows('unknown'), list.allows('')], [false, false])
})

test('a name is allowed where it resolves to now, and no longer where it did before', async () => {
  let answer = ['10.0.0.1']
  const list = allowList({ entries: () => ['manager'], resolve: async () => answer })
  list.apply()
  assert.equal(list.allows('10.0.0.1'), false)
  await list.resolveNames()
  assert.equal(list.allows('10.0.0.1'), true)
  answer = ['10.0.0.2', '2001:db8::2']
  await list.resolveNames()
  assert.deepEqual(['10.0.0.1', '10.0.0.2', '2001:db8::2'].map(list.allows), [false, true, true])
})

test('a name server that answers what is no address opens nothing, and harms nothing', async () => {
  let answer = ['10.0.0.1']
  const list = allowList({ entries: () => ['manager'], resolve: async () => answer })
  await list.resolveNames()
  for (const nonsense of [
    ['10.0.0.0/0'],
    ['0.0.0.0/0', 'x/200'],
    ['other'],
    ['::ffff:0:1.2.3.4/1'],
    [],
  ]) {
    answer = nonsense
    await list.resolveNames()
    assert.deepEqual(list.unresolved(), ['manager'])
    assert.deepEqual(['10.0.0.1', '10.0.0.2'].map(list.allows), [true, false])
  }
})

test('no entry that the file may have breaks the list', () => {
  const list = listOf('::ffff:0:1.2.3.4', '::ffff:0:0/90', '::ffff:10.0.0.0/96', '0:0::1/1')
  assert.equal(list.allows('203.0.113.9'), true)
})

test('a name server that fails leaves what was known, and is told', async () => {
  let resolve: Resolve = async () => ['10.0.0.1']
  const list = allowList({ entries: () => ['manager'], resolve: (name) => resolve(name) })
  await list.resolveNames()
  resolve = nowhere
  await list.resolveNames()
  assert.equal(list.allows('10.0.0.1'), true)
  assert.deepEqual(list.unresolved(), ['manager'])
})

test('whatever the file may say can be put in force, and lets in what it names', () => {
  const length = (most: number) => fc.integer({ min: 0, max: most + 1 })
  const network = fc.oneof(
    fc.tuple(
      fc.oneof(
        fc.ipV4(),
        fc.ipV4().map((one) => `::ffff:${one}`),
      ),
      length(32),
    ),
    fc.tuple(fc.ipV6(), length(128)),
    fc.tuple(
      fc.ipV4().map((one) => `::FFFF:${one}`),
      length(128),
    ),
  )
  const text = fc.string({ unit: fc.constantFrom(...'019afF:./%x-'.split('')), maxLength: 20 })
  const entry = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    text,
    network.map((one) => one.join('/')),
  )
  fc.assert(
    fc.property(entry, (one) => {
      if (!WhitelistEntry.safeParse(one).success) return
      const list = allowList({ entries: () => [one], resolve: async () => [] })
      list.apply()
      const [address = ''] = one.split('/')
      if (isIP(address) !== 0) assert.ok(list.allows(address), one)
    }),
    { numRuns: 1000 },
  )
})
