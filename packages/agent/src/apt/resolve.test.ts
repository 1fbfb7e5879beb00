import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { TransactionRequest, Wanted } from '../package-manager.ts'
import { parseInstalled } from './installed.ts'
import { parsePolicy } from './policy.ts'
import { resolvePackages } from './resolve.ts'
import { request as transaction } from './transaction.test.kit.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8')
const VIRTUAL = '  Installed: (none)\n  Candidate: (none)\n  Version table:\n'
const installed = parseInstalled(captured('debian-12-installed'), 'amd64')
const policies = parsePolicy(
  `${captured('debian-12-policy')}${captured('lab-policy')}mail-transport-agent:\n${VIRTUAL}`,
)
const database = { installed: new Map(installed.map((one) => [one.name, one])), policies }

const request = (changes: Partial<TransactionRequest>) =>
  transaction({ operation: 'install', ...changes })
const named = (name: string, version: string | null = null): { packages: Wanted[] } => ({
  packages: [{ name, version }],
})
const resolve = (changes: Partial<TransactionRequest>, held: string[] = []) =>
  resolvePackages(request(changes), {
    ...database,
    installed: new Map(
      installed.map((one) => [one.name, { ...one, held: held.includes(one.name) }]),
    ),
  })
const refuses = (changes: Partial<TransactionRequest>, code: string, held: string[] = []) =>
  assert.throws(() => resolve(changes, held), { code }, JSON.stringify(changes))

test('a name alone becomes the version that apt would take', () => {
  assert.deepEqual(resolve(named('openssl')), [{ name: 'openssl', version: '3.0.22-1~deb12u2' }])
})

test('a version that some archive offers stays as it was asked for', () => {
  assert.deepEqual(resolve(named('openssl', '3.0.20-1~deb12u2'))[0]?.version, '3.0.20-1~deb12u2')
})

test('a package whose name ends in + is one, because it exists', () => {
  assert.deepEqual(resolve(named('g++'))[0]?.name, 'g++')
})

test('nothing that apt would read as more than a name is a package', () => {
  const words =
    'openssl- openssl+ opens.l openss openssl* ?essential ~nopenssl openssl/bookworm ./openssl ' +
    '/tmp/a.deb --force-yes -y openssl=3 openssl:amd64 openssl: OpenSSL task^ @standard'
  const expressions = ['', 'a b', 'openssl\n', ...words.split(' ')]
  for (const operation of ['install', 'update', 'patch_apply'] as const)
    for (const name of expressions) refuses({ operation, ...named(name) }, 'PKG_NOT_FOUND')
})

test('nothing that apt would read as more than a version is one', () => {
  const words = '3.0* 3.0.22-1~deb12u2- 3.0.22-1~deb12u2+ 9.9 -1 3.0.22 bookworm (none)'
  const versions = ['', ' 3.0.22-1~deb12u2', ...words.split(' ')]
  for (const version of versions) refuses(named('openssl', version), 'PKG_VERSION_CONFLICT')
})

test('a version that ends in + is refused even where it exists: apt would cut it off', () => {
  const odd = parsePolicy(
    'odd:\n  Installed: (none)\n  Candidate: 1+\n  Version table:\n     1+ 500\n',
  )
  assert.throws(
    () => resolvePackages(request(named('odd')), { installed: new Map(), policies: odd }),
    { code: 'PKG_VERSION_CONFLICT' },
  )
})

test('a name that others provide is no package', () => {
  assert.throws(() => resolve(named('mail-transport-agent')), {
    code: 'PKG_NOT_FOUND',
    message: /other packages provide/,
  })
})

test('an update never installs what is not there', () => {
  refuses({ operation: 'update', ...named('lab-phased') }, 'PKG_NOT_FOUND')
  refuses({ operation: 'patch_apply', ...named('lab-phased') }, 'PKG_NOT_FOUND')
  assert.equal(resolve(named('lab-phased')).length, 1)
})

test('an older version takes an explicit word', () => {
  const older = named('openssl', '3.0.17-1~deb12u2')
  refuses(older, 'PKG_VERSION_CONFLICT')
  assert.equal(resolve({ ...older, allow_downgrade: true })[0]?.version, '3.0.17-1~deb12u2')
})

test('what no archive has any more cannot be installed again', () => {
  const local = parsePolicy(
    'openssl:\n  Installed: 3.0.19-1~deb12u2\n  Candidate: 3.0.19-1~deb12u2\n  Version table:\n' +
      ' *** 3.0.19-1~deb12u2 100\n        100 /var/lib/dpkg/status\n',
  )
  const here = { ...database, policies: local }
  for (const version of [null, '3.0.19-1~deb12u2']) {
    const asked = request(named('openssl', version))
    assert.throws(() => resolvePackages({ ...asked, force: true }, here), {
      code: 'PKG_VERSION_CONFLICT',
      message: /no archive of this host has it/,
    })
    assert.equal(resolvePackages(asked, here).length, 1)
  }
  assert.equal(resolve({ ...named('openssl'), force: true }).length, 1)
})

test('a package on hold stays as it is, and the refusal says why', () => {
  refuses(named('openssl'), 'PKG_DEPENDENCY_ERROR', ['openssl'])
  assert.throws(() => resolve(named('openssl'), ['openssl']), { message: /on hold/ })
  assert.equal(resolve(named('openssl', '3.0.19-1~deb12u2'), ['openssl']).length, 1)
})

test('where a pin makes the candidate older, a name alone changes nothing', () => {
  const openssl = policies.get('openssl')
  assert.ok(openssl)
  const older = { ...openssl, candidate: '3.0.17-1~deb12u2' }
  const pinned = { ...database, policies: new Map([['openssl', older]]) }
  assert.equal(resolvePackages(request(named('openssl')), pinned)[0]?.version, '3.0.19-1~deb12u2')
})

test('an excluded package is left out, even one that would be refused', () => {
  const packages = [...named('openssl').packages, ...named('openssl-').packages]
  assert.deepEqual(
    resolve({ packages, exclude_packages: ['openssl-'] }).map(({ name }) => name),
    ['openssl'],
  )
})
