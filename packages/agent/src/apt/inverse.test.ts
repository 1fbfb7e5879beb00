import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PackageState, Snapshot } from '../package-manager.ts'
import { transactionArguments } from './arguments.ts'
import { invert } from './inverse.ts'

const state = (version: string, changes: Partial<PackageState> = {}): PackageState => ({
  version,
  state: 'installed',
  automatic: false,
  ...changes,
})
const nothing = { files: {}, missing: {} }
const before: Snapshot = {
  bash: state('5.2'),
  'lab-lib': state('1.0'),
  'lab-victim': state('1.0'),
  'lab-left': state('1.0', { state: 'residual' }),
}

test('changed goes back, new goes, gone comes back, and what is as it was is left alone', () => {
  const after: Snapshot = {
    bash: state('5.2', { automatic: true }),
    'lab-lib': state('2.0'),
    'lab-extra': state('1.0', { automatic: true }),
    'lab-left': state('1.0', { state: 'residual' }),
  }
  const request = invert(before, after, nothing)
  assert.deepEqual(
    [request.packages, request.remove, request.purge],
    [
      [
        { name: 'lab-lib', version: '1.0' },
        { name: 'lab-victim', version: '1.0' },
      ],
      ['lab-extra'],
      true,
    ],
  )
  assert.deepEqual(transactionArguments(request).slice(2), [
    'install',
    '--allow-downgrades',
    '--no-install-recommends',
    '--purge',
    '--',
    'lab-lib=1.0',
    'lab-victim=1.0',
    'lab-extra-',
  ])
})

test('what we kept comes from its file, whether an archive has it or not', () => {
  const path = '/var/lib/linux_patch_api/saved/x/lab-lib_1.0_all.deb'
  const after = { ...before, 'lab-lib': state('2.0') }
  const request = invert(before, after, { files: { 'lab-lib': path, bash: path }, missing: {} })
  assert.deepEqual([request.packages, request.files], [[], [path]])
})

test('a package of which only the configuration is left comes back', () => {
  const after = { ...before, 'lab-victim': state('1.0', { state: 'residual' }) }
  assert.deepEqual(invert(before, after, nothing).packages, [
    { name: 'lab-victim', version: '1.0' },
  ])
})

test('what was there as configuration alone goes without being purged', () => {
  const request = invert(before, { ...before, 'lab-left': state('2.0') }, nothing)
  assert.deepEqual([request.remove, request.purge], [['lab-left'], false])
  assert.ok(!transactionArguments(request).includes('--purge'))
})

test('a half installed package goes back like any other', () => {
  const after = { ...before, 'lab-lib': state('2.0', { state: 'broken' }) }
  assert.deepEqual(invert(before, after, nothing).packages, [{ name: 'lab-lib', version: '1.0' }])
})

test('nothing changed, nothing to do', () => {
  const { packages, remove, files } = invert(before, before, nothing)
  assert.deepEqual([packages, remove, files], [[], [], []])
})
