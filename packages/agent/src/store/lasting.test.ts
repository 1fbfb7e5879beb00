import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { jobStore } from './jobs.ts'
import { lastingDatabase } from './lasting.ts'
import { newFolder, newJob } from './store.test.kit.ts'

const MINUTE = 60_000

function world() {
  const folder = newFolder()
  const clock = { now: 0 }
  const db = lastingDatabase(folder.path, () => clock.now)
  const end = () => {
    db.close()
    folder[Symbol.dispose]()
  }
  return { folder, clock, db, jobs: jobStore(db), [Symbol.dispose]: end }
}
const unhealthy = (message: RegExp) => ({ code: 'SERVICE_UNHEALTHY', message })

test('a database that cannot be opened refuses what it is asked, and works once it can be', () => {
  using it = world()
  mkdirSync(dirname(dirname(it.folder.path)), { recursive: true })
  writeFileSync(dirname(it.folder.path), 'a file where the folder should be')
  assert.throws(() => it.jobs.counts(), unhealthy(/cannot be opened: .*state/))
  assert.throws(() => it.db.check(), unhealthy(/cannot be opened/))

  rmSync(dirname(it.folder.path))
  it.clock.now += MINUTE
  it.db.check()
  assert.equal(it.jobs.add(newJob()).is_new, true)
})

test('what is garbled while it is open is told, and looked at again once a minute', () => {
  using it = world()
  it.jobs.add(newJob())
  it.db.run('PRAGMA wal_checkpoint(TRUNCATE)')
  const good = readFileSync(it.folder.path)
  const rubbish = Buffer.alloc(good.length - 4096, 7)
  writeFileSync(it.folder.path, Buffer.concat([good.subarray(0, 4096), rubbish]))
  // What is still in memory is right, and no measure of what is on the disk.
  it.db.run('PRAGMA shrink_memory')
  const damaged = unhealthy(/is damaged/)
  assert.throws(() => it.jobs.add(newJob()), damaged)
  assert.throws(() => it.db.check(), damaged)
  it.clock.now += MINUTE
  assert.throws(() => it.db.check(), damaged)

  assert.throws(() => it.db.check({ anew: true }), damaged)

  writeFileSync(it.folder.path, good)
  it.db.run('PRAGMA shrink_memory')
  it.clock.now += MINUTE - 1
  assert.throws(() => it.db.check(), damaged)
  it.clock.now += 1
  it.db.check()
})

test('whoever wants to know it now is told what is so now', () => {
  using it = world()
  it.db.run('PRAGMA query_only = 1')
  assert.throws(() => it.db.check(), unhealthy(/cannot be written/))
  it.db.run('PRAGMA query_only = 0')
  assert.throws(() => it.db.check(), unhealthy(/cannot be written/))
  it.db.check({ anew: true })
  it.db.check()
})

test('a database that can only be read is told before any job meets it', () => {
  using it = world()
  it.jobs.add(newJob())
  it.db.run('PRAGMA query_only = 1')
  assert.equal(it.jobs.counts().waiting, 1)
  assert.throws(() => it.db.check(), unhealthy(/cannot be written/))
  it.db.run('PRAGMA query_only = 0')
  it.clock.now += MINUTE
  it.db.check()
})

test('a disk that has room again is believed once something could be written', () => {
  using it = world()
  it.jobs.add(newJob())
  it.db.run('PRAGMA max_page_count = 20')
  const huge = newJob({ request_hash: 'h'.repeat(200_000) })
  assert.throws(() => it.jobs.add(huge), unhealthy(/disk is full/))
  it.db.check()
  assert.equal(it.jobs.counts().waiting, 1)
})

test('nothing is written to a database that is opened again', () => {
  using folder = newFolder()
  {
    using store = folder.open()
    store.jobs.add(newJob())
  }
  const before = readFileSync(folder.path)
  {
    using store = folder.open()
    assert.equal(store.jobs.counts().waiting, 1)
  }
  assert.deepEqual(readFileSync(folder.path), before)
})
