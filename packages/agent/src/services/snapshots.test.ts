import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PackageState, Snapshot } from '../package-manager.ts'
import {
  changedSince,
  remarked,
  restrict,
  stateOf,
  touched,
  versionOf,
  whyNotSaved,
} from './snapshots.ts'

const at = (version: string, state: PackageState['state'] = 'installed'): PackageState => ({
  version,
  state,
  automatic: false,
})

test('what came, went, moved or broke was touched; a mark is no change', () => {
  const before: Snapshot = { a: at('1'), b: at('1'), c: at('1'), d: at('1') }
  const after: Snapshot = { a: at('2'), c: at('1', 'broken'), d: { ...at('1'), automatic: true } }
  assert.deepEqual(touched(before, after), ['a', 'b', 'c'])
  assert.deepEqual(touched({}, { new: at('1') }), ['new'])
})

test('a mark counts where the package was there before and is there now', () => {
  const automatic = { ...at('1'), automatic: true }
  const before: Snapshot = { a: automatic, b: at('1'), c: automatic, d: at('1', 'residual') }
  assert.deepEqual(remarked(before, { a: at('2'), b: automatic, d: automatic }), ['a', 'b'])
  assert.deepEqual(remarked(before, before), [])
})

test('a package may have the name of a thing that every object has', () => {
  assert.equal(stateOf({}, 'constructor'), undefined)
  assert.deepEqual(restrict({ a: at('1') }, ['a', 'constructor', 'tostring']), { a: at('1') })
})

test('configuration that is left over is no version', () =>
  assert.equal(versionOf({ a: at('1', 'residual') }, 'a'), null))

test('somebody else was at a package that is neither as it was left nor as it was before', () => {
  const [before, after] = [{ a: at('1') }, { a: at('2'), b: at('1') }]
  assert.deepEqual(changedSince(before, after, after), [])
  assert.deepEqual(changedSince(before, after, before), [])
  assert.deepEqual(changedSince(before, after, { a: at('3'), b: at('1') }), ['a'])
  assert.deepEqual(changedSince(before, after, { a: at('1'), b: at('2') }), ['b'])
  assert.deepEqual(changedSince(before, after, { b: at('1') }), ['a'])
})

test('what a job left broken and was repaired since is changed by nobody else', () => {
  const [before, after] = [{ a: at('1') }, { a: at('2', 'broken') }]
  assert.deepEqual(changedSince(before, after, { a: at('2') }), [])
  assert.deepEqual(changedSince(before, after, { a: at('3') }), ['a'])
  assert.deepEqual(changedSince(before, after, { a: at('2', 'residual') }), ['a'])
})

test('only what was there before has to be kept', () => {
  const [before, after] = [{ a: at('1') }, { a: at('2'), b: at('1') }]
  assert.equal(whyNotSaved(before, after, { files: {}, missing: { b: 'new' } }), null)
  assert.match(
    whyNotSaved(before, after, { files: {}, missing: { a: 'full' } }) ?? '',
    /^a .*full$/,
  )
})
