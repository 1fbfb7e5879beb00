import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Advisory, Interval } from './advisory.ts'
import { matchAdvisories, type HostPackage } from './match.ts'

const advisory = (changes: Partial<Advisory> = {}, ...intervals: Interval[]): Advisory => ({
  id: 'DSA-1-1',
  summary: '',
  description: '',
  published_at: null,
  cve_ids: ['CVE-2025-1'],
  severity: null,
  requires_reboot: false,
  affected: [
    {
      ecosystem: 'Debian:12',
      source: 'openssl',
      intervals: intervals.length > 0 ? intervals : [{ introduced: '0', fixed: '5' }],
    },
  ],
  ...changes,
})
const one = (changes: Partial<HostPackage> = {}): HostPackage => ({
  name: 'libssl3',
  source: 'openssl',
  version: '4',
  offered: '6',
  earlier: [],
  isNew: false,
  ...changes,
})
const match = (advisories: Advisory[], ...packages: HostPackage[]) =>
  matchAdvisories(advisories, {
    packages,
    ecosystems: ['Debian:12'],
    compare: (left, right) => Number(left) - Number(right),
    restartsHost: (name) => name === 'libc6',
  })
const status = (of: Advisory, host: Partial<HostPackage>) => match([of], one(host))[0]?.status

test('a fix that an archive has is available', () => {
  assert.equal(status(advisory(), { offered: '5' }), 'available')
  assert.equal(status(advisory(), { offered: '6' }), 'available')
})

test('a hole that no archive fixes is no patch', () => {
  assert.equal(status(advisory(), { offered: '4.5' }), undefined)
  assert.equal(status(advisory(), { offered: null }), undefined)
})

test('what was fixed before anyone remembers is not shown; what came since is applied', () => {
  assert.equal(status(advisory(), { version: '5', earlier: [] }), undefined)
  assert.equal(status(advisory(), { version: '7', earlier: ['6', '5'] }), undefined)
  assert.equal(status(advisory(), { version: '5', earlier: ['4'] }), 'applied')
})

test('a fix that wants a reboot waits for it', () => {
  const fixed = { version: '5', earlier: ['4'] }
  const wanting = advisory({ requires_reboot: true })
  assert.equal(status(wanting, { ...fixed, isNew: true }), 'pending')
  assert.equal(status(wanting, { ...fixed, isNew: false }), 'applied')
  assert.equal(status(advisory(), { ...fixed, isNew: true }), 'applied')
  assert.equal(status(advisory(), { ...fixed, isNew: true, name: 'libc6' }), 'pending')
})

test('another release, another source, and a version from before the hole are not meant', () => {
  assert.deepEqual(match([advisory()], one({ source: 'curl' })), [])
  const other = {
    ecosystem: 'Debian:13',
    source: 'openssl',
    intervals: [{ introduced: '0', fixed: '5' }],
  }
  assert.deepEqual(match([advisory({ affected: [other] })], one()), [])
  assert.equal(status(advisory({}, { introduced: '4.5', fixed: '5' }), { version: '4' }), undefined)
})

test('of a hole that came back, the fix that counts is the one of its own interval', () => {
  const twice = advisory({}, { introduced: '0', fixed: '2' }, { introduced: '3', fixed: '5' })
  assert.equal(status(twice, { version: '1', offered: '2' }), 'available')
  assert.equal(status(twice, { version: '4', offered: '4.5' }), undefined)
  assert.equal(status(twice, { version: '4', offered: '5' }), 'available')
})

test('the packages of a patch are those of its source that have its status', () => {
  const packages = [one(), one({ name: 'openssl' }), one({ name: 'libssl-dev', offered: null })]
  assert.deepEqual(match([advisory()], ...packages)[0]?.packages, ['libssl3', 'openssl'])
})

test('the record of one hole adds nothing to the advisory that names it', () => {
  const hole = advisory({ id: 'DEBIAN-CVE-2025-1' })
  const other = advisory({ id: 'DEBIAN-CVE-2025-2', cve_ids: ['CVE-2025-2'] })
  assert.deepEqual(
    match([hole, advisory(), other], one()).map((found) => found.advisory.id),
    ['DSA-1-1', 'DEBIAN-CVE-2025-2'],
  )
})
