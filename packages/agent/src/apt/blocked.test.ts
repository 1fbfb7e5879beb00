import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { blockedBy, parseSolution, type Solution } from './blocked.ts'
import { captured, installedOn, knownOf, solutionOf, type System } from './captured.test.kit.ts'
import type { Update } from './updates.ts'

const counts = (solution: Solution) => [
  solution.upgraded.size,
  [...solution.kept_back],
  [...solution.deferred],
]

test('apt 2.6, 2.8 and 3.0 say it in the same words, but for what is phased', () => {
  const kept = ['lab-held', 'lab-keptback']
  assert.deepEqual(counts(solutionOf('debian-12')), [128, [], []])
  assert.deepEqual(counts(solutionOf('debian-13')), [15, kept, []])
  assert.deepEqual(counts(solutionOf('debian-13', 'assume-no-phased')), [14, kept, ['lab-phased']])
  assert.deepEqual(counts(solutionOf('ubuntu-24.04')), [74, kept, []])
  assert.deepEqual(counts(solutionOf('ubuntu-24.04', 'assume-no-phased')), [
    73,
    kept,
    ['lab-phased'],
  ])
})

for (const system of ['debian-12', 'debian-13', 'ubuntu-24.04'] satisfies System[])
  test(`every update of ${system} is upgraded, kept back or deferred`, () => {
    const { upgraded, kept_back, deferred } = solutionOf(system)
    assert.deepEqual(
      new Set([...upgraded, ...kept_back, ...deferred]),
      new Set(knownOf(system).updates?.keys()),
    )
  })

test('what apt would install or remove besides is no update', () => {
  const { upgraded, kept_back } = solutionOf('debian-13')
  for (const name of ['lab-extra', 'lab-victim'])
    assert.ok(!upgraded.has(name) && !kept_back.has(name))
})

const reasons = (system: System, solution: Solution | null) => {
  const { updates } = knownOf(system)
  return installedOn(system).flatMap((one) => {
    const update = updates?.get(one.name)
    const blocked = update && blockedBy(one, update, solution)
    return blocked ? [`${one.name} ${blocked.reason}`] : []
  })
}

test('each update that stays has its reason', () => {
  assert.deepEqual(reasons('debian-13', solutionOf('debian-13', 'assume-no-phased')), [
    'lab-held held',
    'lab-keptback kept_back',
    'lab-phased phased',
  ])
})

test('a phased update whose turn it is here, or that fixes a hole here, is not blocked', () => {
  const deferred = ['lab-phased phased', 'libsystemd0 phased', 'libudev1 phased']
  assert.deepEqual(reasons('ubuntu-24.04', null), ['lab-held held', ...deferred])
  const solution = solutionOf('ubuntu-24.04', 'assume-no-phased')
  const blocked = reasons('ubuntu-24.04', solution)
  assert.deepEqual(blocked, ['lab-held held', 'lab-keptback kept_back', 'lab-phased phased'])
})

test('before apt 2.7 a phased update is one that is kept back', () => {
  const text = 'The following packages have been kept back:\n   systemd (252.1 => 252.2)\n'
  assert.equal(block({ phased_percent: 10 }, parseSolution(text))?.reason, 'phased')
  assert.equal(block({ phased_percent: 100 }, parseSolution(text))?.reason, 'kept_back')
  assert.match(block({ phased_percent: 10 }, null)?.detail ?? '', /10 of 100 hosts/)
})

test('an update that would remove another package is kept back: no job removes what nobody named', () => {
  const { kept_back, upgraded } = parseSolution(captured('lab-assume-no'))
  assert.ok(kept_back.has('lab-conflict'))
  assert.deepEqual([...upgraded], ['lab-lib', 'lab-libtool', 'lab-newdep'])
})

test('while nobody knows what apt would do, nothing is said to be kept back', () => {
  assert.equal(block({}, null), null)
  assert.equal(block({ pinned: 'somebody said so' }, null)?.detail, 'somebody said so')
})

function block(changes: Partial<Update>, solution: Solution | null) {
  const update = { version: '252.2', security: false, phased_percent: null, pinned: null }
  const [one] = installedOn('debian-13')
  assert.ok(one)
  return blockedBy({ ...one, name: 'systemd' }, { ...update, ...changes }, solution)
}

test('a package that a pin leaves behind keeps back what needs the two to move together', () => {
  const { kept_back } = solutionOf('debian-12', 'assume-no-held-pinned')
  assert.deepEqual([...kept_back], ['bash', 'libssl-dev'])
})

test('a line that cannot be read is an error, never a missing package', () => {
  const text = captured('debian-13-assume-no').replace('lab-keptback (1.0 => 2.0)', 'lab-keptback')
  assert.throws(() => parseSolution(text), { code: 'PKG_MANAGER_ERROR', message: /lab-keptback/ })
})

test('names come back as they were printed, from any number of sections', () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{0,20}(:[a-z0-9]{1,8})?$/)
  const list = fc.uniqueArray(name, { maxLength: 5 })
  const section = (title: string, names: string[]) =>
    names.length === 0
      ? ''
      : `The following ${title}:\n${names.map((one) => `   ${one} (1 => 2)\n`).join('')}`
  fc.assert(
    fc.property(list, list, list, (upgraded, kept, fresh) => {
      const text =
        section('NEW packages will be installed', fresh) +
        section('packages have been kept back', kept) +
        section('packages will be upgraded', upgraded)
      const solution = parseSolution(`${text}0 upgraded.\n`)
      assert.deepEqual([[...solution.upgraded], [...solution.kept_back]], [upgraded, kept])
    }),
  )
})

test('whatever is printed, it is read or refused in words', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (lines) => {
      try {
        parseSolution(`The following packages will be upgraded:\n${lines.join('\n   ')}`)
      } catch (error) {
        assert.match(String(error), /we cannot read/)
      }
    }),
  )
})
