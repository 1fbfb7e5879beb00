import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseInstalled } from './installed.ts'
import { toListing } from './listing.ts'
import { toPatches } from './patches.ts'
import { parsePolicy, parseReleases } from './policy.ts'
import { parseStanzas } from './stanzas.ts'
import { findUpdate, type Known, type Update } from './updates.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')

const installed = parseInstalled(captured('debian-12-installed'), 'amd64')
const policies = parsePolicy(captured('debian-12-policy'))
const releases = parseReleases(captured('debian-12-releases'))
const stanzas = new Map(
  parseStanzas(captured('debian-12-stanzas')).map((one) => [`${one.name}=${one.version}`, one]),
)
const known = (changes: Partial<Known> = {}): Known => ({
  installed,
  updates: new Map(
    installed.flatMap(({ name, version }) => {
      const update = findUpdate(version, policies.get(name), releases)
      return update ? [[name, update]] : []
    }),
  ),
  lists_updated_at: null,
  ...changes,
})
const held = (...names: string[]) =>
  known({ installed: installed.map((one) => ({ ...one, held: names.includes(one.name) })) })
const patch = (of: Known, id: string) => {
  const found = toPatches(of, stanzas).find((one) => one.id === id)
  assert.ok(found, `there is no patch ${id}`)
  return found
}
const OPENSSL = 'SEC-openssl-3.0.22-1~deb12u2'

test('the same 128 updates as apt itself lists', () => {
  const listed = [...captured('debian-12-apt-list').matchAll(/^(\S+)\/\S+ (\S+) /gm)]
  const { packages } = toListing(known())
  assert.deepEqual(
    packages
      .filter(({ upgradable }) => upgradable)
      .map(({ name, available_version }) => `${name} ${available_version}`)
      .toSorted(),
    listed.map(([, name, version]) => `${name} ${version}`).toSorted(),
  )
})

test('a fix is a security update even where a later point release carries it', () => {
  const security = toListing(known()).packages.filter((one) => one.security)
  const ownLine = [...captured('debian-12-apt-list').matchAll(/^\S+-security\b/gm)]
  assert.deepEqual([security.length, ownLine.length], [82, 81])
})

test('without package lists nothing is known, and unknown is not "up to date"', () => {
  const [first] = toListing(known({ updates: null })).packages
  assert.deepEqual(
    [first?.upgradable, first?.available_version, first?.security],
    [null, null, null],
  )
  assert.deepEqual(toPatches(known({ updates: null }), stanzas), [])
})

test('an older candidate is no update', () => {
  const policy = { installed: '2', candidate: '1', versions: [] }
  assert.equal(findUpdate('2', policy, releases), undefined)
  assert.equal(findUpdate('2', { ...policy, candidate: null }, releases), undefined)
  assert.equal(findUpdate('2', undefined, releases), undefined)
})

test('128 updates are 56 patches, one for each source package and version', () => {
  const patches = toPatches(known(), stanzas)
  assert.equal(patches.length, 56)
  assert.equal(new Set(patches.map(({ id }) => id)).size, 56)
  assert.equal(patches.flatMap((one) => one.affected_packages).length, 128)
})

test('a security patch, as it is shown', () => {
  assert.deepEqual(patch(known(), OPENSSL), {
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

test('of what nobody rates, the severity is medium and says that it was not rated', () => {
  const { severity, severity_source } = patch(known(), 'UPD-base-files-12.4+deb12u15')
  assert.deepEqual([severity, severity_source], ['medium', 'default'])
})

test('a rebuild is told apart by the version of its package', () => {
  assert.match(patch(known(), 'UPD-bash-5.2.15-2+b13').description, /from 5.2.15-2\+b8 to/)
})

test('an id has no epoch and nothing that does not fit an address', () => {
  for (const { id } of toPatches(known(), stanzas))
    assert.match(id, /^(SEC|UPD)-[A-Za-z0-9][A-Za-z0-9.+~_-]*$/)
  assert.equal(patch(known(), 'UPD-shadow-4.13+dfsg1-1+deb12u2').affected_packages.length, 2)
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

test('an update that its archive hands out by and by is blocked as phased', () => {
  const phased: Update = { version: '9', security: false, phased_percent: 30 }
  const blocks = [30, 100, null].map((phased_percent) => {
    const updates = new Map([['openssl', { ...phased, phased_percent }]])
    return toListing(known({ updates })).packages.find(({ name }) => name === 'openssl')?.blocked_by
  })
  assert.deepEqual(
    blocks.map((block) => block?.reason),
    ['phased', undefined, undefined],
  )
})

test('a new kernel, C library or init asks for a restart', () => {
  const libc = new Map([['libc6', { version: '9', security: true, phased_percent: null }]])
  assert.deepEqual(
    toPatches(known({ updates: libc }), new Map()).map((one) => one.requires_reboot),
    [true],
  )
})
