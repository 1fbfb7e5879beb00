import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Package } from '@linux-patch/shared/package'
import { matchesGlob } from './glob.ts'
import { packageService } from './packages.ts'
import { testHost } from './host.test.kit.ts'
import { packageManagerOf } from './packages.test.kit.ts'

const one = (changes: Partial<Package>): Package => ({
  name: 'bash',
  version: '5.2',
  architecture: 'amd64',
  status: 'installed',
  description: '',
  size_bytes: 10,
  installed_at: null,
  upgradable: false,
  available_version: null,
  security: null,
  blocked_by: null,
  maintainer: null,
  dependencies: [],
  ...changes,
})
const found = [
  one({ name: 'libc6', upgradable: true, size_bytes: 30 }),
  one({ name: 'libc6:i386', architecture: 'i386', upgradable: null }),
  one({ name: 'g++', size_bytes: null }),
  one({ name: 'broken', status: 'broken', size_bytes: 20 }),
  one({ name: 'gone', status: 'residual' }),
]

function service() {
  using host = testHost()
  const list = async () => ({ packages: found, lists_updated_at: null, lists_failure: 'no mirror' })
  const packageManager = { ...packageManagerOf(host), list }
  return packageService({ packageManager, lists: { failure: () => null } })
}
const ask = { status: 'installed', sort: 'name', order: 'asc', limit: 100, offset: 0 } as const
const names = async (input: Partial<Parameters<ReturnType<typeof service>['list']>[0]>) =>
  (await service().list({ ...ask, ...input })).packages.map(({ name }) => name)

test('a status says which packages are listed, and a broken one is installed', async () => {
  assert.deepEqual(await names({}), ['broken', 'g++', 'libc6', 'libc6:i386'])
  assert.deepEqual(await names({ status: 'upgradable' }), ['libc6'])
  assert.equal((await names({ status: 'all' })).length, 5)
})

test('in a name only a star is no letter', async () => {
  assert.deepEqual(await names({ name: 'g++' }), ['g++'])
  assert.deepEqual(await names({ name: 'lib*' }), ['libc6', 'libc6:i386'])
  assert.deepEqual(await names({ name: 'libc6:*' }), ['libc6', 'libc6:i386'])
  assert.deepEqual(await names({ name: 'libc6:amd64' }), ['libc6'])
  assert.deepEqual(await names({ name: 'lib.6' }), [])
  assert.deepEqual(await names({ name: 'libc' }), [])
})

test('what has no size comes last either way, and the total is of all that match', async () => {
  assert.deepEqual(await names({ sort: 'size', order: 'desc' }), [
    'libc6',
    'broken',
    'libc6:i386',
    'g++',
  ])
  const page = await service().list({ ...ask, limit: 1, offset: 1 })
  assert.equal(page.total, 4)
  assert.deepEqual(
    page.packages.map(({ name }) => name),
    ['g++'],
  )
  assert.equal(page.lists_failure, 'no mirror')
})

test('a star stands for any letters, also none, and no letter counts twice', () => {
  const cases = [
    ['', '*', true],
    ['abc', 'a*c', true],
    ['abc', '*b*', true],
    ['ab', 'ab*', true],
    ['aba', 'ab*ba', false],
    ['abc', 'b*', false],
    ['abc', '', false],
    ['a.c', 'a.c', true],
  ] as const
  for (const [text, pattern, expected] of cases)
    assert.equal(matchesGlob(text, pattern), expected, `${text} ${pattern}`)
})

test('a pattern of many stars takes no time', () => {
  const started = performance.now()
  matchesGlob('a'.repeat(200), `${'*a'.repeat(99)}*b`)
  assert.ok(performance.now() - started < 100)
})
