import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captured, knownOf, solutionOf } from './captured.test.kit.ts'
import { lister, toListing } from './listing.ts'
import type { Solution } from './blocked.ts'
import { findUpdate } from './updates.ts'

test('the same 128 updates as apt itself lists', () => {
  const listed = [...captured('debian-12-apt-list').matchAll(/^(\S+)\/\S+ (\S+) /gm)]
  const { packages } = toListing(knownOf('debian-12'))
  assert.deepEqual(
    packages
      .filter(({ upgradable }) => upgradable)
      .map(({ name, available_version }) => `${name} ${available_version}`)
      .toSorted(),
    listed.map(([, name, version]) => `${name} ${version}`).toSorted(),
  )
})

test('a fix is a security update even where a later point release carries it', () => {
  const security = toListing(knownOf('debian-12')).packages.filter((one) => one.security)
  const ownLine = [...captured('debian-12-apt-list').matchAll(/^\S+-security\b/gm)]
  assert.deepEqual([security.length, ownLine.length], [82, 81])
})

test('without package lists nothing is known, and unknown is not "up to date"', () => {
  const [first] = toListing({ ...knownOf('debian-12'), updates: null }).packages
  const { upgradable, available_version, security, blocked_by } = first ?? {}
  assert.deepEqual([upgradable, available_version, security, blocked_by], [null, null, null, null])
})

test('an older candidate is no update', () => {
  const policy = { installed: '2', candidate: '1', versions: [] }
  const releases = new Map()
  assert.equal(findUpdate('2', policy, releases), undefined)
  assert.equal(findUpdate('2', { ...policy, candidate: null }, releases), undefined)
  assert.equal(findUpdate('2', undefined, releases), undefined)
})

test('a list is made once, and anew when apt has told what it keeps back', () => {
  const known = knownOf('debian-13')
  let solution: Solution | null = null
  const list = lister({ soFar: () => solution })
  const reasons = () =>
    list(known).packages.flatMap(({ name, blocked_by }) =>
      blocked_by ? [`${name} ${blocked_by.reason}`] : [],
    )
  assert.equal(list(known), list(known))
  assert.deepEqual(reasons(), ['lab-held held', 'lab-phased phased'])
  solution = solutionOf('debian-13')
  assert.deepEqual(reasons(), ['lab-held held', 'lab-keptback kept_back'])
  assert.equal(list(known), list(known))
})
