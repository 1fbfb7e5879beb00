import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { groupPackages } from './groups.ts'
import type { Move, Side } from './ties.ts'
import { byName, installed } from './transaction.test.kit.ts'

const side = (version: string, changes: Partial<Side> = {}): Side => ({
  version,
  needs: '',
  provides: '',
  breaks: '',
  ...changes,
})
const move = (name: string, changes: Partial<Move> = {}): Move => ({
  name,
  source: name,
  before: side('1'),
  after: side('2'),
  ...changes,
})
const wanted = (moves: Move[]) => moves.map(({ name }) => ({ name, version: '2' }))
const present = (moves: Move[]) =>
  byName(
    ...moves
      .filter(({ before }) => before)
      .map(({ name, before }) =>
        installed(name, {
          version: '1',
          depends: before?.needs ?? '',
          provides: before?.provides ?? '',
        }),
      ),
  )
const cut = (moves: Move[], asked = wanted(moves)) =>
  groupPackages(asked, moves, present(moves)).map((group) =>
    group.map(({ name }) => name).join(' '),
  )

test('what has nothing to do with each other is run one after the other, in the order asked for', () => {
  assert.deepEqual(cut([move('openssl'), move('bash'), move('curl')]), ['openssl', 'bash', 'curl'])
})

test('the packages of one source stay together', () => {
  const moves = [move('libssl3', { source: 'openssl' }), move('bash'), move('openssl')]
  assert.deepEqual(cut(moves), ['libssl3 openssl', 'bash'])
})

test('a need for one exact version ties, on either side', () => {
  const needs = (version: string) => ({ needs: `lab-lib (= ${version})` })
  const tied = move('lab-tool', { before: side('1', needs('1')), after: side('2', needs('2')) })
  assert.deepEqual(cut([tied, move('bash'), move('lab-lib')]), ['lab-tool lab-lib', 'bash'])
  const old = move('lab-tool', { before: side('1', needs('1')) })
  assert.deepEqual(cut([old, move('bash'), move('lab-lib')]), ['lab-tool lab-lib', 'bash'])
})

test('a need that the installed version meets does not tie, one that only the new one meets does', () => {
  const met = move('curl', { after: side('2', { needs: 'libcurl4 (>= 1)' }) })
  assert.deepEqual(cut([met, move('libcurl4')]), ['curl', 'libcurl4'])
  const unmet = move('curl', { after: side('2', { needs: 'libcurl4 (>= 2)' }) })
  assert.deepEqual(cut([unmet, move('libcurl4')]), ['curl libcurl4'])
})

test('what a new version breaks goes along', () => {
  const breaking = move('perl-base', { after: side('2', { breaks: 'perl-modules (<< 2)' }) })
  assert.deepEqual(cut([breaking, move('bash'), move('perl-modules')]), [
    'perl-base perl-modules',
    'bash',
  ])
})

test('a name that others provide is followed to them', () => {
  const perl = move('perl-base', {
    before: side('1', { provides: 'perlapi-5.36' }),
    after: side('2', { provides: 'perlapi-5.38' }),
  })
  const module = move('libfoo-perl', {
    before: side('1', { needs: 'perlapi-5.36' }),
    after: side('2', { needs: 'perlapi-5.38' }),
  })
  assert.deepEqual(cut([perl, move('bash'), module]), ['perl-base libfoo-perl', 'bash'])
})

test('two that are tied by a third which nobody asked for stay together', () => {
  const third = move('lab-extra', { before: null })
  const needing = (name: string) => move(name, { after: side('2', { needs: 'lab-extra' }) })
  const moves = [needing('lab-a'), needing('lab-b'), move('bash')]
  assert.deepEqual(cut([...moves, third], wanted(moves)), ['lab-a lab-b', 'bash'])
})

test('what has nothing to do goes along with the first that has', () => {
  const moves = [move('bash'), move('curl')]
  assert.deepEqual(cut(moves, [{ name: 'done', version: '2' }, ...wanted(moves)]), [
    'done bash',
    'curl',
  ])
})

test('there are never more groups than 4, and none loses a package', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
      const moves = Array.from({ length: count }, (_, at) => move(`lab-${at}`))
      const groups = cut(moves)
      assert.ok(groups.length <= 4)
      assert.deepEqual(
        groups.join(' ').split(' '),
        moves.map(({ name }) => name),
      )
    }),
  )
})
