import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nothingAsked, type TransactionRequest } from '../package-manager.ts'
import { byName, captured, knownOfLab, planOfLab } from './captured.test.kit.ts'
import { groupPackages } from './groups.ts'
import { makePlan, toChanges } from './plan.ts'
import { asking, wordsOf, type Ask } from './program.ts'
import { readProgress } from './progress.ts'
import { toAsked } from './request.ts'

const deps = {
  ask: (async () => planOfLab) as Ask,
  installed: byName(),
  known: async () => knownOfLab(),
}
const removal: TransactionRequest = {
  ...nothingAsked,
  operation: 'remove',
  remove: ['lab-base', 'kernel-5.14.0-1'],
}

test('what comes and what goes under one name is one change', async () => {
  const { changes, download_bytes, disk_bytes } = await makePlan({ ...removal, force: true }, deps)
  assert.deepEqual(
    changes.map(({ name, action, version_before, version_planned }) => [
      name,
      action,
      version_before,
      version_planned,
    ]),
    [
      ['lab-lib', 'upgrade', '1.0-1', '1.0-2'],
      ['lab-libtool', 'upgrade', '1.0-1', '1.0-2'],
      ['lab-ma:i686', 'upgrade', '1.0-1', '1.1-1'],
      ['lab-ma', 'upgrade', '1.0-1', '1.1-1'],
      ['lab-base', 'remove', '1.0-1', null],
      ['lab-hello', 'remove', '1.0-1', null],
      ['kernel-5.14.0-1', 'remove', '5.14.0-1', null],
    ],
  )
  assert.deepEqual([download_bytes, disk_bytes], [24987, -41])
  assert.deepEqual(changes.map(({ security }) => security).slice(0, 3), [true, true, false])
})

test('what comes anew belongs to a security update where its advisory names it', () => {
  const install = planOfLab.install.filter(({ name }) => ['lab-lib', 'lab-ma'].includes(name))
  const changes = toChanges({ install, remove: [] }, new Map(), knownOfLab().advised)
  assert.deepEqual(
    changes.map(({ name, security }) => [name, security]),
    [
      ['lab-lib', true],
      ['lab-ma:i686', false],
      ['lab-ma', false],
    ],
  )
})

test('what would have to go besides takes force', () =>
  assert.rejects(makePlan(removal, deps), { code: 'PKG_DEPENDENCY_ERROR', message: /lab-hello/ }))

test('a request is told exactly, and only once it was resolved', () => {
  const update: TransactionRequest = {
    ...nothingAsked,
    operation: 'update',
    packages: [{ name: 'glibc:i686', version: '2.34-1' }],
    exclude_packages: ['bash'],
  }
  const { install, exclude, erase, weak } = toAsked(update)
  assert.deepEqual(install, [{ name: 'glibc', arch: 'i686', version: '2.34-1' }])
  assert.deepEqual([exclude, erase, weak], [['bash'], false, false])
  assert.throws(() => toAsked({ ...update, packages: [{ name: 'bash', version: null }] }))
  for (const path of ['x.rpm', '/etc/../x.rpm', '/saved/a b.rpm', '/saved/x.deb', '-x.rpm'])
    assert.throws(() => toAsked({ ...update, files: [path] }), /is not a saved package/, path)
})

test('what would come along with each other stays together, in four groups at most', () => {
  const wanted = (...names: string[]) => names.map((name) => ({ name, version: '2' }))
  const namesIn = (groups: { name: string }[][]) => groups.map((one) => one.map(({ name }) => name))
  assert.deepEqual(namesIn(groupPackages(wanted('a', 'b', 'c'), [['a', 'c'], ['b'], ['c']])), [
    ['b'],
    ['a', 'c'],
  ])
  assert.deepEqual(namesIn(groupPackages(wanted('a', 'b'), [['a'], null])), [['a', 'b']])
  const many = wanted(...'abcdefghij'.split(''))
  assert.equal(
    groupPackages(
      many,
      many.map(({ name }) => [name]),
    ).length,
    4,
  )
})

const letters = fc.constantFrom(...'abcdefgh'.split(''))
test('no package is lost between the groups, and none is in two', () => {
  fc.assert(
    fc.property(fc.array(fc.array(letters), { minLength: 8, maxLength: 8 }), (ties) => {
      const wanted = 'abcdefgh'.split('').map((name) => ({ name, version: '2' }))
      const groups = groupPackages(wanted, ties)
      assert.deepEqual(
        groups
          .flat()
          .map(({ name }) => name)
          .toSorted(),
        'abcdefgh'.split(''),
      )
    }),
  )
})

test('dnf refuses in its own words', async () => {
  assert.equal(
    wordsOf(`Waits: locked by 7\n${captured('lab-refused.txt')}`),
    'dnf: Problem: conflicting requests - nothing provides lab-does-not-exist needed by lab-keptback-2.0-1.noarch',
  )
  const refusing = asking(
    async () => ({
      exitCode: 3,
      stdout: '',
      stderr: captured('lab-refused.txt'),
    }),
    4,
  )
  await assert.rejects(refusing('plan', {}), { code: 'PKG_DEPENDENCY_ERROR' })
  const broken = asking(async () => ({ exitCode: 1, stdout: '', stderr: '' }), 4)
  await assert.rejects(broken('plan', {}), /gave no reason/)
  const chatty = asking(
    async () => ({
      exitCode: 0,
      stdout: 'This system is registered.\n[]\n',
      stderr: '',
    }),
    4,
  )
  assert.deepEqual(await chatty('offers', { names: [] }), [])
})

test('progress goes forward, and names the package that failed', () => {
  const lines = captured('lab-install-status.txt').trim().split('\n')
  const progress = lines.map((line) => readProgress(line) ?? assert.fail(line))
  assert.deepEqual(
    progress.map(({ percent }) => percent),
    progress.map(({ percent }) => percent).toSorted((a, b) => a - b),
  )
  const failed = progress.filter(({ failed_package }) => failed_package !== null)
  assert.deepEqual(
    failed.map(({ failed_package, message }) => [failed_package, message]),
    [['lab-failpre', 'Error in PREIN scriptlet in rpm package lab-failpre']],
  )
  for (const line of ['', '{"percent": 3', '[]', 'null', '{"percent": "3"}'])
    assert.equal(readProgress(line), undefined, line)
})
