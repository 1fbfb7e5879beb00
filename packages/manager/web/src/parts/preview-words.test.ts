import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Transaction } from '@linux-patch/shared/transaction'
import { countWords, diskWords, effectWords, sizeWords } from './preview-words.ts'

const change = {
  name: 'zip',
  action: 'upgrade' as const,
  version_before: '1',
  version_planned: '2',
  download_bytes: 1,
  origins: [],
  security: false,
}
const transaction: Transaction = {
  digest: '',
  changes: [change, { ...change, name: 'jq' }, { ...change, name: 'sed', action: 'install' }],
  download_bytes: 3,
  disk: [],
  reboot_required: true,
  services_to_restart: null,
  rollback: { possible: false, reason: 'Nobody has zip 1 any more.' },
}

test('sizes are rounded to what people read', () => {
  const sizes = [0, 999, 1000, 230_316, 1_250_000, 14_000_000_000]
  assert.deepEqual(sizes.map(sizeWords), [
    '0 bytes',
    '999 bytes',
    '1 kB',
    '230 kB',
    '1.3 MB',
    '14 GB',
  ])
})

test('a transaction is counted by what it does, and an empty one does nothing', () => {
  assert.equal(countWords(transaction), 'Upgrades 2, installs 1.')
  assert.equal(countWords({ ...transaction, changes: [] }), 'Nothing to do.')
})

test('a disk is said to be filled or freed', () => {
  const disk = { mount: '/var', needed_bytes: 4_000_000, free_bytes: 10_000_000_000 }
  assert.equal(diskWords(disk), 'It needs 4 MB on /var, where 10 GB are free.')
  assert.equal(diskWords({ ...disk, needed_bytes: -2000 }), 'It frees 2 kB on /var.')
})

test('what is not known is not called none', () => {
  assert.deepEqual(effectWords(transaction), [
    'A reboot is required afterwards.',
    'Which services run what it replaces cannot be told.',
    'It cannot be rolled back: Nobody has zip 1 any more.',
  ])
  const quiet = { ...transaction, reboot_required: false, services_to_restart: [] }
  assert.deepEqual(effectWords({ ...quiet, rollback: { possible: true, reason: null } }), [
    'No reboot is required.',
    'No service runs what it replaces.',
    'It can be rolled back.',
  ])
})
