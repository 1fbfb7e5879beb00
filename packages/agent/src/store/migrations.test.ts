import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { migrations } from './migrations.ts'
import { newFolder } from './store.test.kit.ts'

const REQUEST = JSON.stringify({
  operation: 'install',
  packages: [{ name: 'nginx', version: '1.22.1' }],
  exclude_packages: [],
  force: false,
  no_recommends: false,
  allow_downgrade: false,
})
const RESULT = JSON.stringify({ success: true, changes: [], packages_failed: [] })

/** A database as the first release wrote it, with a job in the middle of its installation and one that has ended. */
function write(path: string) {
  mkdirSync(dirname(path), { recursive: true })
  const old = new DatabaseSync(path)
  for (const statement of migrations[0] ?? []) old.exec(statement)
  old.exec('PRAGMA user_version = 1')
  const columns = `job_id, operation, status, phase, progress_percent, message, request, patches,
    request_hash, caller, request_id, created_at, updated_at, result`
  const insert = old.prepare(`INSERT INTO jobs (${columns})
    VALUES (?, 'install', ?, ?, 5, '', ?, '[]', 'h', 'c', 'r', '2026', '2026', ?)`)
  insert.run('under-way', 'running', 'install', REQUEST, null)
  insert.run('ended', 'completed', 'over', REQUEST, RESULT)
  old.close()
}

test('the jobs of an older agent are there, with what it did not know of filled in', () => {
  using folder = newFolder()
  write(folder.path)
  using store = folder.open()
  const job = store.jobs.next()
  assert.equal(job?.job_id, 'under-way')
  assert.deepEqual(job?.names, ['nginx'])
  assert.deepEqual([job?.request?.remove, job?.request?.files], [[], []])
  assert.deepEqual(job?.asked, job?.request)
  assert.deepEqual([job?.groups_done, job?.retries, job?.reboot], [0, [], null])
  assert.equal(store.jobs.read('ended').result?.rollback, null)
  assert.deepEqual(store.snapshots.find('ended'), undefined)
})
