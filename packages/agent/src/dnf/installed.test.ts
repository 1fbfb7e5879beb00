import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { byName, captured, installedInLab, stateOfLab } from './captured.test.kit.ts'
import { isDamaged, toDamage, toSnapshot } from './damage.ts'
import { nevraOf, parseInstalled, readName } from './installed.ts'

test('a package is told with what rpm knows of it', () => {
  const { requires, provides, installed_at, ...hello } = byName().get('lab-hello') ?? assert.fail()
  assert.deepEqual(hello, {
    name: 'lab-hello',
    plain: 'lab-hello',
    beside: null,
    version: '1.0-1',
    architecture: 'noarch',
    status: 'installed',
    automatic: false,
    size_bytes: 14,
    maintainer: 'Patch Lab <lab@example.invalid>',
    license: 'MIT',
    homepage: 'https://lab.example.invalid/lab-hello',
    source: 'lab-hello',
    description: 'lab package lab-hello',
  })
  assert.ok(requires.includes('lab-base') && provides.includes('lab-hello'))
  assert.ok(!Number.isNaN(Date.parse(installed_at)))
})

test('the keys of the repositories are no packages', () =>
  assert.ok(captured('lab-installed.txt').includes('gpg-pubkey') && !byName().has('gpg-pubkey')))

test('an epoch is part of a version, and a foreign architecture of a name', () => {
  const found = byName()
  assert.equal(found.get('lab-held')?.version, '1:1.0-1')
  assert.equal(nevraOf(found.get('lab-held') ?? assert.fail()), 'lab-held-1:1.0-1.noarch')
  assert.equal(found.get('lab-ma')?.architecture, 'x86_64')
  assert.equal(found.get('lab-ma:i686')?.architecture, 'i686')
  assert.deepEqual(readName('lab-ma:i686'), { plain: 'lab-ma', arch: 'i686' })
})

test('of two kernels the newer one has the name, and neither is broken', () => {
  const kernels = installedInLab().filter(({ plain }) => plain === 'kernel')
  assert.deepEqual(
    kernels.map(({ name, version, status }) => [name, version, status]),
    [
      ['kernel', '5.14.0-2', 'installed'],
      ['kernel-5.14.0-1', '5.14.0-1', 'installed'],
    ],
  )
  const snapshot = toSnapshot(installedInLab())
  assert.deepEqual(snapshot['kernel'], snapshot['kernel-5.14.0-2'])
  assert.equal(snapshot['kernel-5.14.0-1']?.version, '5.14.0-1')
})

test('of anything else two versions are what an interrupted transaction left', () => {
  const torn = parseInstalled(
    captured('lab-installed.txt'),
    { ...stateOfLab, parallel: [] },
    'x86_64',
  )
  const { broken_packages } = toDamage(torn, stateOfLab)
  assert.deepEqual(broken_packages.toSorted(), ['kernel', 'kernel-5.14.0-1', 'lab-fail'])
})

test('a package whose scriptlet failed is broken, though rpm thinks nothing of it', () => {
  assert.equal(byName().get('lab-fail')?.status, 'broken')
  assert.deepEqual(toDamage(installedInLab(), stateOfLab), {
    interrupted: false,
    broken_packages: ['lab-fail'],
  })
})

test('a transaction without an end was interrupted', () => {
  const { interrupted } = toDamage(installedInLab(), { unfinished: ['lab-lib-1.0-1.noarch'] })
  assert.equal(interrupted, true)
  assert.equal(isDamaged({ interrupted, broken_packages: [] }), true)
  assert.equal(isDamaged({ interrupted: false, broken_packages: [] }), false)
})

test('what came along with another is told from what somebody wanted', () => {
  const found = byName()
  assert.equal(found.get('lab-base')?.automatic, true)
  assert.equal(found.get('lab-hello')?.automatic, false)
})

test('a row that is cut off is an error, and no package is lost in silence', () => {
  const text = captured('lab-installed.txt')
  const half = `${text.slice(0, text.indexOf('\x1e') - 200)}\x1e`
  assert.throws(() => parseInstalled(half, stateOfLab), /a row we cannot read/)
  fc.assert(
    fc.property(fc.nat(text.length), (at) => {
      try {
        const whole = text.slice(0, at).split('\x1e').length - 1
        assert.ok(parseInstalled(text.slice(0, at), stateOfLab).length <= whole)
      } catch (error) {
        assert.match(String(error), /a row we cannot read/)
      }
    }),
  )
})
