import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { skipWithout } from '../needs.test.kit.ts'
import { compareVersions, isNewer, isSameVersion, withoutEpoch } from './versions.ts'

/** From few characters, so that two of them are often nearly alike. */
const part = fc.string({
  unit: fc.constantFrom('0', '1', '9', 'a', 'z', 'A', '~', '+', '.'),
  minLength: 1,
  maxLength: 8,
})
const version = fc
  .record({ epoch: fc.option(fc.nat(3)), upstream: part, revision: fc.option(part) })
  .map(
    ({ epoch, upstream, revision }) =>
      `${epoch === null ? '' : `${epoch}:`}1${upstream}${revision === null ? '' : `-${revision}`}`,
  )
const sign = (left: string, right: string) => Math.sign(compareVersions(left, right))

test('what dpkg orders in its own way', () => {
  const ascending =
    '1.0~~ 1.0~rc1 1.0 1.0-1~deb12u1 1.0-1 1.0-1+b2 1.0-1+b10 1.0-1+deb12u1 1.0a 1.0+b1 1:0.1'.split(
      ' ',
    )
  const sorted = ascending.toReversed().toSorted(compareVersions)
  assert.deepEqual(sorted, ascending)
})

test('leading zeros, an epoch of 0 and a revision of 0 make no difference', () => {
  assert.ok(isSameVersion('1.01', '1.1'))
  assert.ok(isSameVersion('0:1.0', '1.0'))
  assert.ok(isSameVersion('1.0-0', '1.0'))
})

test('a number longer than a double holds is compared to its last digit', () => {
  assert.ok(isNewer('0.20251122104400123457', '0.20251122104400123456'))
})

test('only the epoch is cut off', () => {
  assert.equal(withoutEpoch('1:4.13+dfsg1-1'), '4.13+dfsg1-1')
  assert.equal(withoutEpoch('4.13'), '4.13')
})

test('a version is as new as itself', () => {
  fc.assert(fc.property(version, (one) => sign(one, one) === 0))
})

test('of two versions, the one is as much newer as the other is older', () => {
  fc.assert(fc.property(version, version, (a, b) => sign(a, b) === -sign(b, a)))
})

test('three versions that were compared in pairs have an order', () => {
  const sorted = fc.tuple(version, version, version).map((all) => all.toSorted(compareVersions))
  fc.assert(
    fc.property(
      sorted,
      ([a = '', b = '', c = '']) => sign(a, b) <= 0 && sign(b, c) <= 0 && sign(a, c) <= 0,
    ),
  )
})

const skip = skipWithout('dpkg')
test('dpkg agrees, on real versions beside each other', { skip }, () => {
  const text = readFileSync(new URL('captured/debian-12-apt-list.txt', import.meta.url), 'utf8')
  const pairs = [...text.matchAll(/^\S+ (\S+) .*upgradable from: (\S+)\]$/gm)].slice(0, 40)
  const neighbours = pairs.map(([, candidate = ''], at) => [candidate, pairs[at - 1]?.[2] ?? '1'])
  const all = [
    ...pairs.map(([, candidate = '', before = '']) => [candidate, before]),
    ...neighbours,
  ]
  assert.equal(all.length, 80)
  for (const [left = '', right = ''] of all) assert.equal(sign(left, right), dpkgSign(left, right))
})

test('dpkg agrees, on versions made up to be nearly alike', { skip }, () => {
  fc.assert(
    fc.property(version, version, (a, b) => sign(a, b) === dpkgSign(a, b)),
    { numRuns: 60 },
  )
})

function dpkgSign(left: string, right: string): number {
  const is = (relation: string) =>
    spawnSync('/usr/bin/dpkg', ['--compare-versions', left, relation, right]).status === 0
  if (is('eq')) return 0
  return is('lt') ? -1 : 1
}
