import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectOf, parseWanted, spelt, titleOf } from './job-words.ts'

const nothing = { packages: [], patches: [], exclude_packages: [], purge: false }
const wanted = (...names: string[]) => names.map(parseWanted)

test('a job is called by what it does', () => {
  assert.equal(titleOf({ ...nothing, kind: 'patch_apply' }), 'Apply all patches')
  assert.equal(titleOf({ ...nothing, kind: 'patch_apply', patches: ['DSA-1'] }), 'Apply DSA-1')
  assert.equal(titleOf({ ...nothing, kind: 'update', packages: wanted('vim') }), 'Update vim')
  assert.equal(
    titleOf({ ...nothing, kind: 'install', packages: wanted('a1', 'b1', 'c1', 'd1') }),
    'Install a1, b1, c1 and 1 more',
  )
  assert.equal(titleOf({ ...nothing, kind: 'rollback', packages: wanted('vim') }), 'Roll back vim')
  assert.equal(titleOf({ ...nothing, kind: 'rollback' }), 'Roll back a job')
})

test('the last question names every package and what is left alone', () => {
  assert.equal(
    effectOf({ ...nothing, kind: 'patch_apply', exclude_packages: ['nginx'] }),
    'Applies every available patch, but leaves nginx alone.',
  )
  assert.equal(
    effectOf({ ...nothing, kind: 'install', packages: wanted('htop', 'curl=7.88-1') }),
    'Installs htop and curl=7.88-1, with what that needs.',
  )
  assert.equal(
    effectOf({ ...nothing, kind: 'remove', packages: wanted('htop'), purge: true }),
    'Removes htop and its configuration. A host where other packages need it refuses.',
  )
})

test('a wanted package is read as it is spelt', () => {
  assert.deepEqual(parseWanted(' openssl=1:3.0.22-1 '), { name: 'openssl', version: '1:3.0.22-1' })
  assert.deepEqual(parseWanted('g++'), { name: 'g++', version: null })
  assert.equal(spelt(parseWanted('openssl=1:3.0.22-1')), 'openssl=1:3.0.22-1')
})
