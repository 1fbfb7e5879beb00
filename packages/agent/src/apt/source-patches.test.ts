import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Patch } from '@linux-patch/shared/patch'
import { captured, knownOf, solutionOf, stanzasOf, type System } from './captured.test.kit.ts'
import { parseChangelog, type ChangelogEntry } from './changelog.ts'
import { findPending } from './pending.ts'
import { groupBySource, toSourcePatch } from './source-patches.ts'
import type { Known } from './updates.ts'

const patchesOf = (known: Known, system: System = 'debian-12', news: ChangelogEntry[] = []) =>
  groupBySource(findPending(known, stanzasOf(system), solutionOf(system))).map((group) =>
    toSourcePatch(group, news),
  )
const held = (...names: string[]): Known => {
  const known = knownOf('debian-12')
  const installed = known.installed.map((one) => ({ ...one, held: names.includes(one.name) }))
  return { ...known, installed }
}
const named = (patches: Patch[], id: string) => {
  const found = patches.find((one) => one.id === id)
  assert.ok(found, `there is no patch ${id}`)
  return found
}
const patch = (known: Known, id: string) => named(patchesOf(known), id)
const OPENSSL = 'SEC-openssl-3.0.22-1~deb12u2'

test('128 updates are 56 patches, one for each source package and version', () => {
  const patches = patchesOf(knownOf('debian-12'))
  assert.equal(patches.length, 56)
  assert.equal(new Set(patches.map(({ id }) => id)).size, 56)
  assert.equal(patches.flatMap((one) => one.affected_packages).length, 128)
})

test('a security patch, as it is shown', () => {
  assert.deepEqual(patch(knownOf('debian-12'), OPENSSL), {
    id: OPENSSL,
    name: 'openssl 3.0.22-1~deb12u2',
    severity: 'high',
    severity_source: 'archive',
    security: true,
    status: 'available',
    published_date: null,
    description: 'Security update of openssl from 3.0.19-1~deb12u2 to 3.0.22-1~deb12u2',
    cve_ids: [],
    affected_packages: ['libssl-dev', 'libssl3', 'openssl'],
    requires_reboot: false,
    blocked_by: null,
  })
})

test('a changelog names the holes between what is installed and what comes, and the day', () => {
  const news = parseChangelog(captured('debian-12-changelog'))
  const krb5 = named(
    patchesOf(knownOf('debian-12'), 'debian-12', news),
    'SEC-krb5-1.20.1-2+deb12u5',
  )
  assert.deepEqual(krb5.cve_ids, ['CVE-2026-40355', 'CVE-2026-40356', 'CVE-2025-3576'])
  assert.equal(krb5.published_date, '2026-05-10T07:23:58.000Z')
  assert.deepEqual([krb5.severity, krb5.severity_source], ['high', 'changelog'])
})

const base: ChangelogEntry = {
  source: 'base-files',
  version: '12.4+deb12u15',
  urgency: 'medium',
  cve_ids: [],
  published_at: null,
}
const rated = (id: string, changes: Partial<ChangelogEntry>) => {
  const patches = patchesOf(knownOf('debian-12'), 'debian-12', [{ ...base, ...changes }])
  const { severity, severity_source } = named(patches, id)
  return [severity, severity_source]
}

test('how urgent a fix is says its changelog; how bad a plain update is, nobody but the holes it names', () => {
  const openssl = { source: 'openssl', version: '3.0.22-1~deb12u2' }
  assert.deepEqual(rated(OPENSSL, { ...openssl, urgency: 'medium' }), ['high', 'archive'])
  assert.deepEqual(rated(OPENSSL, { ...openssl, urgency: 'emergency' }), ['critical', 'changelog'])
  const UPDATE = 'UPD-base-files-12.4+deb12u15'
  assert.deepEqual(rated(UPDATE, {}), ['medium', 'default'])
  assert.deepEqual(rated(UPDATE, { cve_ids: ['CVE-2025-1234'] }), ['medium', 'changelog'])
})

test('what is written of another source, or of a version that is there already, is no news', () => {
  for (const changes of [{ source: 'other' }, { version: '12.4+deb12u11' }, { version: '13' }]) {
    const news = [{ ...base, cve_ids: ['CVE-2025-1234'], ...changes }]
    const patches = patchesOf(knownOf('debian-12'), 'debian-12', news)
    assert.deepEqual(named(patches, 'UPD-base-files-12.4+deb12u15').cve_ids, [])
  }
})

test('a rebuild is told apart by the version of its package', () => {
  assert.match(
    patch(knownOf('debian-12'), 'UPD-bash-5.2.15-2+b13').description,
    /from 5.2.15-2\+b8 to/,
  )
})

for (const system of ['debian-12', 'debian-13', 'ubuntu-24.04'] satisfies System[])
  test(`on ${system} an id has no epoch and nothing that does not fit an address`, () => {
    const patches = patchesOf(knownOf(system), system)
    assert.ok(patches.length >= 10)
    for (const one of patches) {
      Patch.parse(one)
      assert.match(one.id, /^(SEC|UPD)-[A-Za-z0-9][A-Za-z0-9.+~_-]*$/)
    }
  })

test('one package on hold is left out, and the others go on', () => {
  const { affected_packages, blocked_by } = patch(held('openssl'), OPENSSL)
  assert.deepEqual(affected_packages, ['libssl-dev', 'libssl3'])
  assert.equal(blocked_by, null)
})

test('a patch all of whose packages are on hold is blocked, and still shown', () => {
  const { affected_packages, blocked_by } = patch(held('openssl', 'libssl3', 'libssl-dev'), OPENSSL)
  assert.equal(affected_packages.length, 3)
  assert.equal(blocked_by?.reason, 'held')
})

test('each reason comes through to the patch', () => {
  const blocked = patchesOf(knownOf('debian-13'), 'debian-13').flatMap(({ id, blocked_by }) =>
    blocked_by ? [`${id} ${blocked_by.reason}`] : [],
  )
  assert.deepEqual(blocked, ['UPD-lab-held-1.1 held', 'SEC-lab-keptback-2.0 kept_back'])
})

test('a new kernel, C library or init asks for a restart', () => {
  const patches = patchesOf(knownOf('ubuntu-24.04'), 'ubuntu-24.04')
  const restarting = patches
    .filter((one) => one.requires_reboot)
    .map(({ name }) => name.split(' ')[0])
  assert.deepEqual(new Set(restarting), new Set(['glibc', 'systemd']))
})
