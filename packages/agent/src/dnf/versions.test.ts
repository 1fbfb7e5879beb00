import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { skipWithout } from '../needs.test.kit.ts'
import { compareVersions, isNewer, toVersion } from './versions.ts'

const inOrder = [
  '1.0~rc1-1.el9',
  '1.0-1.el9',
  '1.0-1.el9_4.1',
  '1.0-2.el9',
  '1.0^20250101-1.el9',
  '1.0.a-1',
  '1.0.1-1',
  '1.9-1',
  '1.10-1',
  '20250101120000123456789-1',
  '20250101120000123456790-1',
  '1:0.1-1',
]

test('versions sort as rpm sorts them', () => {
  assert.deepEqual(inOrder.toReversed().toSorted(compareVersions), inOrder)
  assert.ok(isNewer('1:0.1-1', '9.9-9') && !isNewer('1.0-1', '1.0-1'))
})

test('an epoch of nothing is none', () => {
  assert.equal(toVersion({ epoch: 0, version: '1.0', release: '1' }), '1.0-1')
  assert.equal(toVersion({ epoch: '1', version: '1.0', release: '1' }), '1:1.0-1')
  assert.equal(compareVersions('0:1.0-1', '1.0-1'), 0)
})

const part = fc.stringMatching(/^[0-9a-c.~^_+]{1,8}$/)

test('the order is an order', () => {
  fc.assert(
    fc.property(part, part, part, (a, b, c) => {
      assert.equal(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a)), 0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        assert.ok(compareVersions(a, c) <= 0)
    }),
  )
})

test('rpm itself says the same', { skip: skipWithout('rpm') }, () => {
  const pairs = fc.sample(fc.tuple(part, part), { numRuns: 3000, seed: 4 })
  const script = `for a, b in io.read("a"):gmatch("(%S+) (%S+)\\n") do print(rpm.vercmp(a, b)) end`
  const { stdout } = spawnSync('rpmlua', ['-e', script], {
    input: pairs.map(([a, b]) => `${a} ${b}\n`).join(''),
    encoding: 'utf8',
  })
  const said = stdout.trim().split('\n').map(Number)
  assert.equal(said.length, pairs.length)
  for (const [at, [a, b]] of pairs.entries())
    assert.equal(Math.sign(compareVersions(a, b)), said[at], `${a} and ${b}`)
})
