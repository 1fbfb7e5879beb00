import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemsOf } from './job-form.ts'

const host_ids = ['019a0000-0000-7000-8000-000000000000']
const nothing = {
  host_ids,
  packages: [],
  patches: [],
  exclude_packages: [],
  purge: false,
  notes: '',
}

test('the form finds what the manager would refuse', () => {
  const removal = { ...nothing, kind: 'remove' as const, packages: ['vim=1.2'] }
  assert.deepEqual(problemsOf(removal), {
    packages: 'remove takes the version that is installed; name none.',
  })
  const update = { ...nothing, kind: 'update' as const, packages: ['vim', 'nano'] }
  assert.deepEqual(problemsOf(update), { packages: 'update takes exactly one package.' })
  const blank = { ...nothing, kind: 'install' as const, host_ids: [] }
  const { host_ids: hosts, packages } = problemsOf(blank)
  assert.deepEqual([hosts, packages], ['Choose at least one host', 'Name a package'])
})

test('what belongs to another kind is left out, not refused', () => {
  const left = { packages: ['vim'], patches: ['DSA-1'], purge: true }
  assert.deepEqual(problemsOf({ ...nothing, ...left, kind: 'reboot' }), {})
  assert.deepEqual(problemsOf({ ...nothing, ...left, kind: 'patch_apply' }), {})
})
