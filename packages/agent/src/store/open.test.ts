import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { AT, newFolder, newJob, page } from './store.test.kit.ts'

test('a full disk refuses the request and records nothing of it', () => {
  using folder = newFolder()
  using store = folder.open()
  const kept = store.jobs.add(newJob({ idempotency_key: 'kept' })).job
  store.db.run('PRAGMA max_page_count = 20')
  const huge = newJob({ idempotency_key: 'huge', request_hash: 'h'.repeat(200_000) })
  const full = { code: 'SERVICE_UNHEALTHY', message: /disk is full/ }
  assert.throws(() => store.jobs.add(huge), full)
  const lines = [
    { timestamp: AT.toISOString(), level: 'info' as const, message: 'l'.repeat(200_000) },
  ]
  assert.throws(() => store.jobs.record(kept.job_id, { output_offset: 9 }, lines), full)

  assert.equal(store.jobs.list(page).total, 1)
  assert.equal(store.jobs.get(kept.job_id).output_offset, 0)
  assert.deepEqual(store.jobs.read(kept.job_id).logs, [])
})

test('a damaged database refuses, whether at the start or while it runs', () => {
  using folder = newFolder()
  {
    using store = folder.open()
    store.jobs.add(newJob())
    store.db.run('PRAGMA wal_checkpoint(TRUNCATE)')
  }
  const good = readFileSync(folder.path)
  writeFileSync(
    folder.path,
    Buffer.concat([good.subarray(0, 4096), Buffer.alloc(good.length - 4096, 7)]),
  )
  const damaged = { code: 'SERVICE_UNHEALTHY', message: /is damaged/ }
  assert.throws(() => {
    using store = folder.open()
    store.jobs.add(newJob())
  }, damaged)

  writeFileSync(folder.path, 'this is no database at all, whatever its name may say'.repeat(100))
  assert.throws(() => folder.open(), damaged)
})

test('a database of a newer agent is left alone', () => {
  using folder = newFolder()
  {
    using store = folder.open()
    store.db.run('PRAGMA user_version = 99')
  }
  assert.throws(() => folder.open(), { code: 'SERVICE_UNHEALTHY', message: /newer agent/ })
})
