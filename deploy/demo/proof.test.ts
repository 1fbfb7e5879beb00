import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doubts, doubtsOfRollback, type Evidence } from './proof.ts'

const change = {
  name: 'zip',
  action: 'upgrade',
  version_before: '1',
  version_planned: '2',
  version_after: '2',
  outcome: 'done',
} as const

const planned = { ...change, download_bytes: 1, origins: [], security: false }
const transaction = {
  digest: '',
  changes: [planned],
  download_bytes: 1,
  disk: [],
  reboot_required: false,
  services_to_restart: null,
  rollback: { possible: true, reason: null },
}

const proven: Evidence = {
  name: 'web',
  pending: [{ name: 'zip', version: '1', available_version: '2', blocked_by: null }],
  preview: { transaction, error: null },
  part: { status: 'completed', last_error: null, changes: [change] },
  installed: new Map([['zip', '2']]),
}

test('a job is proven when the list, the job and dpkg say the same', () => {
  assert.deepEqual(doubts(proven), [])
})

test('a job that failed is not proven, whatever dpkg says', () => {
  const part = { ...proven.part, status: 'failed', last_error: 'The disk is full.' } as const
  assert.deepEqual(doubts({ ...proven, part }), ['web: the job is failed: The disk is full.'])
})

test('dpkg has the last word on what is installed', () => {
  assert.deepEqual(doubts({ ...proven, installed: new Map([['zip', '1']]) }), [
    'web: dpkg has zip 1, and the job says 2',
  ])
  assert.deepEqual(doubts({ ...proven, installed: new Map() }), [
    'web: dpkg has zip not installed, and the job says 2',
  ])
})

test('an update that was pending and is not in the job is missed', () => {
  const part = { ...proven.part, changes: [] }
  const preview = { transaction: { ...transaction, changes: [] }, error: null }
  assert.deepEqual(doubts({ ...proven, preview, part }), [
    'web: the job does not say what became of zip',
  ])
})

test('another version than the one that was listed is a doubt', () => {
  const part = { ...proven.part, changes: [{ ...change, version_after: '3' }] }
  assert.deepEqual(doubts({ ...proven, part, installed: new Map([['zip', '3']]) }), [
    'web: zip was to be 1 → 2, and the job says 1 → 3, done',
  ])
})

test('an update that is held back is not waited for', () => {
  const blocked_by = { reason: 'held', detail: 'by apt-mark' } as const
  const held = { name: 'bash', version: '1', available_version: '2', blocked_by }
  assert.deepEqual(doubts({ ...proven, pending: [...proven.pending, held] }), [])
})

test('where nothing was pending nothing is proven', () => {
  const part = { ...proven.part, changes: [] }
  const preview = { transaction: { ...transaction, changes: [] }, error: null }
  assert.deepEqual(doubts({ ...proven, pending: [], preview, part }), [
    'web: nothing was pending, so nothing was shown',
  ])
})

test('a job that does another thing than its preview said is a doubt, and so is no preview', () => {
  const changes = [{ ...planned, version_planned: '3' }]
  const preview = { transaction: { ...transaction, changes }, error: null }
  assert.deepEqual(doubts({ ...proven, preview }), [
    'web: the preview says zip 3, and the job zip 2',
  ])
  const error = { code: 'JOB_CONFLICT', message: 'A job is changing this host.' }
  assert.deepEqual(doubts({ ...proven, preview: { transaction: null, error } }), [
    'web: there is no preview: A job is changing this host.',
  ])
})

test('a rollback is proven when dpkg has what there was before', () => {
  const { name, part } = proven
  const back = { status: 'completed', last_error: null } as const
  const was = new Map([['zip', '1']])
  assert.deepEqual(doubtsOfRollback({ name, part, back, installed: was }), [])
  assert.deepEqual(doubtsOfRollback({ name, part, back, installed: proven.installed }), [
    'web: dpkg has zip 2, and before the job it was 1',
  ])
  const failed = { status: 'failed', last_error: 'The disk is full.' } as const
  assert.deepEqual(doubtsOfRollback({ name, part, back: failed, installed: was }), [
    'web: the rollback is failed: The disk is full.',
  ])
})
