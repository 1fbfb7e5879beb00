import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseVital, refuseMore, refuseVital, resolveRemoval } from './removal.ts'
import { byName, installed, request, steps } from './transaction.test.kit.ts'

const here = byName(
  installed('lab-hello'),
  installed('g++'),
  installed('lab-conf', { status: 'residual' }),
  installed('lab-broken', { status: 'broken' }),
  installed('lab-held', { held: true }),
)
const resolve = (remove: string[], changes = {}) =>
  resolveRemoval(request({ operation: 'remove', remove, ...changes }), here)

test('what is installed can go, also when it is broken', () => {
  assert.deepEqual(resolve(['lab-hello', 'g++', 'lab-broken']), ['lab-hello', 'g++', 'lab-broken'])
})

test('what is not there cannot go, nor can what apt would read as more than a name', () => {
  for (const name of ['nginx', 'lab-hello+', 'lab-hello-', 'lab-hell.', '?installed', '-y', ''])
    assert.throws(() => resolve([name]), { code: 'PKG_NOT_FOUND' }, name)
})

test('what is left of a package goes only where its configuration is to go', () => {
  assert.throws(() => resolve(['lab-conf']), { code: 'PKG_NOT_FOUND' })
  assert.deepEqual(resolve(['lab-conf'], { purge: true }), ['lab-conf'])
})

test('a package on hold stays, and an excluded one is left out', () => {
  assert.throws(() => resolve(['lab-held']), { code: 'PKG_DEPENDENCY_ERROR', message: /on hold/ })
  assert.deepEqual(resolve(['lab-held'], { exclude_packages: ['lab-held'] }), [])
})

test('what no host works without is refused by name, whatever is forced', async () => {
  const stdout = 'base-files\tyes\tno\tno\nopenssl\tno\tno\tno\ninit\tno\tyes\tno\n'
  assert.deepEqual(parseVital(stdout), ['base-files', 'init'])
  const run = async () => ({ exitCode: 0, stdout, stderr: '' })
  await assert.rejects(refuseVital(['base-files', 'openssl', 'init'], run), {
    code: 'PKG_DEPENDENCY_ERROR',
    message: /base-files, init/,
  })
})

test('a dpkg that cannot tell refuses too', async () => {
  const run = async () => ({ exitCode: 1, stdout: '', stderr: 'no such package' })
  await assert.rejects(refuseVital(['lab-hello'], run), { code: 'PKG_MANAGER_ERROR' })
})

const removing = (changes = {}) =>
  request({ operation: 'remove', remove: ['lab-base'], ...changes })
const both = steps('lab-hello 1.0 -', 'lab-base 1.0 -')

test('what would go besides is named and refused, until it is forced', () => {
  assert.throws(() => refuseMore(removing(), both), {
    code: 'PKG_DEPENDENCY_ERROR',
    message: /^lab-hello could not stay/,
  })
  refuseMore(removing({ force: true }), both)
  refuseMore(removing({ remove: ['lab-base', 'lab-hello'] }), both)
})

test('nothing but a removal ever removes, forced or not', () => {
  for (const operation of ['install', 'update', 'patch_apply', 'rollback'] as const)
    for (const force of [true, false])
      assert.throws(() => refuseMore(request({ operation, force }), both), {
        code: 'PKG_DEPENDENCY_ERROR',
      })
})

test('a rollback removes what it said and no more', () => {
  const back = request({ operation: 'rollback', remove: ['lab-extra'] })
  refuseMore(back, steps('lab-extra 1.0 -', 'lab-newdep 2.0 1.0'))
  assert.throws(() => refuseMore(back, steps('lab-extra 1.0 -', 'lab-later 1.0 -')), {
    message: /lab-later, which came later/,
  })
})

test('what is vital in any of the three words is named, in order, and no text makes it throw', () => {
  const word = fc.constantFrom('yes', 'no', '')
  const row = fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9+.-]{1,12}$/),
    words: fc.tuple(word, word, word),
  })
  fc.assert(
    fc.property(fc.array(row), fc.string(), (rows, junk) => {
      const text = rows.map(({ name, words }) => `${[name, ...words].join('\t')}\n`).join('')
      const vital = rows.filter(({ words }) => words.includes('yes'))
      assert.deepEqual(
        parseVital(text),
        vital.map(({ name }) => name),
      )
      parseVital(junk)
    }),
  )
})
