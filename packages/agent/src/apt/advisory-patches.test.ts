import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Patch } from '@linux-patch/shared/patch'
import { parseOsv } from '../advisories/osv.ts'
import { findAdvised, type Past } from './advisory-patches.ts'
import { knownOf, solutionOf, stanzasOf } from './captured.test.kit.ts'
import { parseEarlier } from './earlier.ts'
import { findPending } from './pending.ts'

const known = knownOf('debian-12')
const pending = findPending(known, stanzasOf('debian-12'), solutionOf('debian-12'))
const fixed = (id: string, source: string, version: string, changes: object = {}) => ({
  id,
  summary: `${source} - security update`,
  published: '2026-10-02T19:11:03Z',
  upstream: ['DEBIAN-CVE-2025-9230'],
  affected: [
    {
      package: { ecosystem: 'Debian:12', name: source },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: version }] }],
    },
  ],
  ...changes,
})
const past: Past = { ecosystems: ['Debian:12'], earlier: new Map(), booted_at: null }
const find = (records: object[], changes: Partial<Past> = {}) =>
  findAdvised(parseOsv(JSON.stringify(records)), known, { pending, past: { ...past, ...changes } })

test('an advisory as a patch: its own id and words, and the packages of its source here', () => {
  const rating = { database_specific: { severity: 'critical' } }
  const { patches, claimed } = find([fixed('DSA-6015-1', 'openssl', '3.0.20-1~deb12u1', rating)])
  assert.deepEqual(patches, [
    {
      id: 'DSA-6015-1',
      name: 'openssl - security update',
      severity: 'critical',
      severity_source: 'advisory',
      security: true,
      status: 'available',
      published_date: '2026-10-02T19:11:03.000Z',
      description: 'openssl - security update',
      cve_ids: ['CVE-2025-9230'],
      affected_packages: ['libssl-dev', 'libssl3', 'openssl'],
      requires_reboot: false,
      blocked_by: null,
    },
  ])
  assert.deepEqual([...claimed], ['libssl-dev', 'libssl3', 'openssl'])
})

test('an advisory that nobody rated is medium, and says that it was not rated', () => {
  const [patch] = find([fixed('DSA-6015-1', 'openssl', '3.0.20-1')]).patches
  assert.deepEqual([patch?.severity, patch?.severity_source], ['medium', 'default'])
})

test('a rebuild of a package does not hide the version of its source', () => {
  const { patches } = find([fixed('DSA-1-1', 'bash', '5.2.15-2+deb12u1')])
  assert.deepEqual(patches, []) // 5.2.15-2+b13 is on offer, which sorts after the fix and does not have it
})

test('what dpkg says it has upgraded since is applied, or waits for its reboot', () => {
  const earlier = parseEarlier(
    '2026-01-02 03:04:05 upgrade libssl3:amd64 3.0.17-1 3.0.19-1~deb12u2\n',
  )
  const done = fixed('DSA-5-1', 'openssl', '3.0.18-1')
  assert.deepEqual(find([done]).patches, [])

  const [applied] = find([done], { earlier }).patches
  assert.deepEqual([applied?.status, applied?.affected_packages], ['applied', ['libssl3']])
  const reboot = { ...done, database_specific: { reboot: true } }
  const booted_at = new Date('2020-01-01')
  const { patches, claimed } = find([reboot], { earlier, booted_at })
  assert.deepEqual([patches[0]?.status, patches[0]?.requires_reboot], ['pending', true])
  assert.equal(claimed.size, 0)
})

test('whatever an advisory says, the patch keeps the contract', () => {
  const details = 'a'.repeat(60_000)
  const { patches } = find([
    fixed('DSA-1-1', 'curl', '7.88.1-10+deb12u15', { details, summary: '' }),
  ])
  assert.equal(Patch.parse(patches[0]).description.length, 4000)
  assert.equal(patches[0]?.name, 'DSA-1-1')
})
