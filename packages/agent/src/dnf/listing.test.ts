import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Package } from '@linux-patch/shared/package'
import { Patch } from '@linux-patch/shared/patch'
import { parseLocks } from './known.ts'
import { knownOfLab } from './captured.test.kit.ts'
import { toListing } from './listing.ts'
import { toPatches } from './patches.ts'
import { parseDependencies } from './relations.ts'
import { captured } from './captured.test.kit.ts'

const find = (name: string, known = knownOfLab()) =>
  toListing(known).packages.find((one) => one.name === name) ?? assert.fail(name)

test('every row is what the contract promises', () => {
  for (const one of toListing(knownOfLab()).packages) Package.parse(one)
  for (const one of toPatches(knownOfLab())) Patch.parse(one)
})

test('an update is told, and whether an advisory of its repository is about it', () => {
  const { available_version, security, blocked_by } = find('lab-lib')
  assert.deepEqual([available_version, security, blocked_by], ['1.0-2', true, null])
  assert.deepEqual([find('lab-hello').security, find('lab-ma').security], [false, false])
})

test('where a repository says nothing about its updates, their security is unknown', () => {
  const known = { ...knownOfLab(), advised: new Map() }
  assert.equal(find('lab-lib', known).security, null)
  assert.equal(find('lab-base', known).security, false) // there is no update to be unsure of
  const patch = toPatches(known).find(({ id }) => id === 'UPD-lab-lib-1.0-2')
  assert.deepEqual([patch?.severity, patch?.severity_source], ['medium', 'default'])
  assert.match(patch?.description ?? '', /publishes no advisories/)
})

test('without package lists nothing is known, and unknown is not "up to date"', () => {
  const { upgradable, available_version, security } = find('lab-lib', {
    ...knownOfLab(),
    updates: null,
  })
  assert.deepEqual([upgradable, available_version, security], [null, null, null])
})

test('what is not taken says why', () => {
  assert.equal(find('lab-held').blocked_by?.reason, 'held')
  assert.equal(find('lab-conf').blocked_by?.reason, 'excluded')
  assert.deepEqual(find('lab-keptback').blocked_by, {
    reason: 'kept_back',
    detail:
      'dnf keeps it back: nothing provides lab-does-not-exist needed by lab-keptback-2.0-1.noarch.',
  })
  assert.match(find('lab-conflict').blocked_by?.detail ?? '', /conflicts with lab-victim/)
})

test('a lock is found by name, with a version or without', () => {
  assert.deepEqual(parseLocks('# Added\nlab-held-1:1.0-1.*\n!lab-old\n\nbash # why'), [
    'lab-held-1:1.0-1.*',
    'bash',
  ])
})

test('patches are advisories, and what none of them is about is grouped by source', () => {
  const patches = new Map(toPatches(knownOfLab()).map((one) => [one.id, one]))
  const lib = patches.get('RLSA-2025:0001')
  assert.deepEqual(
    [lib?.severity, lib?.severity_source, lib?.security, lib?.affected_packages],
    ['high', 'advisory', true, ['lab-lib', 'lab-libtool']],
  )
  const mixed = patches.get('RLSA-2025:0003')
  assert.deepEqual(
    [mixed?.affected_packages, mixed?.blocked_by],
    [['lab-newdep', 'lab-sleep'], null],
  )
  assert.equal(patches.get('RLBA-2025:0005')?.blocked_by?.reason, 'excluded')
  assert.deepEqual(patches.get('UPD-lab-ma-1.1-1')?.affected_packages, ['lab-ma', 'lab-ma:i686'])
  assert.ok(!patches.has('RLSA-2025:0002')) // its kernel is installed
})

test('needs are packages, and what rpm needs of itself is none', () => {
  assert.deepEqual(find('lab-hello').dependencies, ['lab-base'])
  assert.deepEqual(parseDependencies(captured('lab-needs.txt')), [
    { name: 'lab-base', version: '>=1.0', required: true },
  ])
})
