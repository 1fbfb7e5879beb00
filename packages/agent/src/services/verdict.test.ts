import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nothingAsked, type PlannedChange, type Snapshot } from '../package-manager.ts'
import type { StoredEnd, StoredJob } from '../store/job-row.ts'
import { judge } from './verdict.ts'

const request = {
  ...nothingAsked,
  operation: 'install' as const,
  packages: [{ name: 'nginx', version: '1.0' }],
}
const well: StoredEnd = { phase: 'install', result: 'success', code: 'exited', status: '0' }

function judged(changes: PlannedChange[], snapshot: Snapshot, ended: StoredEnd | null = well) {
  const plan = { changes, download_bytes: 0, disk_bytes: 0, automatic: [], broken: [] }
  const job = { operation: 'install', request, plan, ended } as unknown as StoredJob
  const nothing = { errors: [], not_restored: [], rollback: null }
  return judge(job, { ...nothing, snapshot, reboot_required: false })
}
const installed = (version: string): Snapshot => ({
  nginx: { version, state: 'installed', automatic: false },
})
const change = (action: PlannedChange['action'], planned: string | null): PlannedChange => ({
  name: 'nginx',
  action,
  version_before: '1.0',
  version_planned: planned,
})

test('another version than the planned one is not done', () => {
  assert.equal(judged([change('upgrade', '2.0')], installed('2.0')).success, true)
  const result = judged([change('upgrade', '2.0')], installed('3.0'))
  assert.equal(result.changes[0]?.outcome, 'not_done')
  assert.equal(result.changes[0]?.version_after, '3.0')
})

test('a reinstallation is done only when its unit ended well, as its version cannot tell', () => {
  const again = [change('reinstall', '1.0')]
  const lost = { phase: 'install', result: 'lost', code: '', status: '' }
  assert.equal(judged(again, installed('1.0')).success, true)
  assert.equal(judged(again, installed('1.0'), lost).success, false)
  assert.equal(judged(again, installed('1.0'), { ...well, phase: 'download' }).success, false)
})

test('a removal is done when the package is gone, its configuration or not', () => {
  const gone = [change('remove', null)]
  const residual: Snapshot = { nginx: { version: '1.0', state: 'residual', automatic: false } }
  assert.equal(judged(gone, {}).success, true)
  assert.equal(judged(gone, residual).success, true)
  assert.equal(judged(gone, installed('1.0')).success, false)
})

test('nothing to do is good news only where what was asked for is there', () => {
  assert.equal(judged([], installed('1.0'), null).success, true)
  assert.deepEqual(judged([], {}, null).packages_failed, ['nginx'])
  assert.deepEqual(judged([], installed('0.9'), null).packages_failed, ['nginx'])
})
